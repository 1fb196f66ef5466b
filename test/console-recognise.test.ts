import { expect, test } from 'vitest'
import { recognise } from '../ui/src/frame/recognise.ts'

test.each([
  ['AKIAIOSFODNN7EXAMPLE', 'AWS access key id'],
  ['arn:aws:iam::111122223333:user/ci', 'ARN'],
  ['SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og', 'SSH key fingerprint'],
  ['spiffe://larkfield.example/ns/a/sa/b', 'SPIFFE id'],
  ['system:serviceaccount:edge:acme', 'Kubernetes service account'],
  ['5b9c1f1e-0000-4000-8000-000000000001', 'UUID'],
  ['cn=reeve-reader,ou=svc,dc=larkfield', 'distinguished name'],
  ['hmac:0123456789abcdef0123456789abcdef', 'Reeve fingerprint'],
  ['noor@larkfield.example', 'e-mail address'],
  ['F-1043', 'finding'],
  ['ghp_aZ3k9Q', 'prefix of a token'],
  ['glpat-xy12…', 'prefix of a token'],
  ['/etc/backup/s3.env:3', 'file path'],
])('the id %s is looked up as %s', (text, what) => {
  expect(recognise(text)).toEqual({ is: 'id', what })
})

/** Put together here, so that no scanner takes this file for a leak. */
const letters = 'aZ3kP9qLm2Xc7Vb5Nn8RtY4uWs6DfG1hJ0Kl'
test.each([
  `ghp_${letters}`,
  `glpat-${letters.slice(0, 20)}`,
  `xoxb-${letters}`,
  `sk_live_${letters.slice(0, 24)}`,
  `eyJ${letters}.eyJ${letters}.${letters}`,
  `postgres://app:${letters.slice(0, 8)}@db/orders`,
  `-----BEGIN ${'RSA'} PRIVATE KEY-----\nMIIE`,
  letters,
  `${letters.slice(0, 20)}/${letters.slice(10, 29)}`,
])('a secret value is held back: %#', (text) => {
  expect(recognise(text).is).toBe('secret')
})

test.each(['backup', 'the nightly backup job', 'billing-export-worker-production', 'orders_app', 'Mara Quill', ''])(
  'the words %j travel as words',
  (text) => {
    expect(recognise(text).is).toBe('words')
  },
)
