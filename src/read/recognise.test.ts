import { expect, test } from 'vitest'
import { recognise } from './recognise.ts'

test.each([
  ['AKIAIOSFODNN7EXAMPLE', 'AWS access key id'],
  ['arn:aws:iam::111122223333:user/ci-deployer', 'AWS resource name'],
  [`SHA256:${'aB3/'.repeat(10)}xyz`, 'SSH key fingerprint'],
  ['0f:1e:2d:3c:4b:5a:69:78', 'serial or certificate fingerprint'],
  ['123e4567-e89b-12d3-a456-426614174000', 'UUID'],
  ['spiffe://example.org/ns/prod/sa/api', 'SPIFFE id'],
  ['system:serviceaccount:prod:api', 'Kubernetes service account'],
  ['cn=reeve-reader,ou=service,dc=example,dc=org', 'distinguished name'],
  ['Mara.Quill@example.org', 'e-mail address'],
  ['/etc/backup/s3.env', 'file path'],
  ['F-1043', 'finding'],
  ['host:ops/user/backup', 'key'],
  ['ci-deployer', null],
  ['9f2c1ab0d3e4f5061728394a5b6c7d8e9f001122', null],
  ['kubernetes-node-group-eu-west-1-production', null],
])('%s is an id or a name', (text, title) => {
  expect(recognise(text)).toEqual({ title, secret: false })
})

test.each([
  `ghp_${'a1B2'.repeat(9)}`,
  `github_pat_${'a1B2_'.repeat(8)}`,
  `glpat-${'a1B2c'.repeat(4)}`,
  `xoxb-${'1234567890-'.repeat(2)}abc`,
  `sk_live_${'a1B2'.repeat(6)}`,
  `AIza${'Sy0-'.repeat(9)}`,
  `npm_${'a1B2'.repeat(9)}`,
  '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
  'postgres://app:hunter2@db.example/orders',
  'wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY1',
  `reeve_${'a1B2'.repeat(10)}`,
])('%s has the form of a secret', (text) => {
  expect(recognise(text).secret).toBe(true)
})
