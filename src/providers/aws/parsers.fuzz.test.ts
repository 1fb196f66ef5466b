import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSplitter } from './authorization-file.ts'
import { readReport } from './credential-report.ts'
import { readDocument } from './policy-document.ts'
import { excessOf, grantsOf } from './policy-grants.ts'
import { trustOf } from './trust.ts'

const cut = (bytes: Buffer, size: number) => {
  const splitter = createSplitter()
  const pieces = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(...splitter.pieces(bytes.subarray(at, at + size)))
  return [...pieces, ...splitter.end()]
}

test('every list of details comes out of its file as it went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.integer({ min: 1, max: 40 }),
      fc.option(fc.integer({ min: 0, max: 4 })),
      (details, other, size, indent) => {
        const text = JSON.stringify({ Other: other, RoleDetailList: details, Count: 1 }, null, indent ?? 0)
        const found = cut(Buffer.from(text), size).filter((piece) => 'section' in piece)
        expect(found.map(({ detail }) => detail)).toEqual(JSON.parse(JSON.stringify(details)))
      },
    ),
  )
})

test('rubbish in a file is a fault or nothing, never a throw, and the same however it is cut', () => {
  const rubbish = fc.array(
    fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '"RoleDetailList":', '{"Arn":"a"}', 'x', ' '),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(rubbish, fc.integer({ min: 1, max: 9 }), (parts, size) => {
      const bytes = Buffer.from(parts.join(''))
      expect(cut(bytes, size)).toEqual(cut(bytes, bytes.length || 1))
    }),
  )
})

test('no text is a credential report that throws', () => {
  const head = 'user,arn,password_enabled,mfa_active,access_key_1_active,access_key_2_active'
  fc.assert(fc.property(fc.string(), (text) => void readReport(text)))
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(',', '"', '\n', '\r\n', 'arn:aws:iam::111122223333:user/a', 'true', '=1+1')),
      (parts) => {
        const { users, faults } = readReport(`${head}\n${parts.join('')}`)
        for (const { line } of faults) expect(line).toBeGreaterThan(0)
        for (const arn of users.keys()) expect(arn).toMatch(/^arn:aws:iam::\d{12}:/)
      },
    ),
  )
})

test('no document makes reading a policy throw', () => {
  const words = fc.oneof(
    fc.constantFrom(
      '*',
      's3:Get*',
      'iam:PassRole',
      'arn:aws:s3:::a/*',
      'arn:aws:iam::111122223333:root',
      'Allow',
      'Deny',
    ),
    fc.jsonValue(),
  )
  const statement = fc.dictionary(
    fc.constantFrom(
      'Effect',
      'Action',
      'NotAction',
      'Resource',
      'NotResource',
      'Principal',
      'NotPrincipal',
      'Condition',
    ),
    fc.oneof(
      words,
      fc.array(words),
      fc.dictionary(fc.constantFrom('AWS', 'Federated', 'Service', 'StringEquals'), fc.oneof(words, fc.array(words))),
    ),
  )
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.jsonValue(), fc.record({ Statement: fc.oneof(statement, fc.array(statement)) })),
      (given) => {
        const read = readDocument(given)
        if ('unreadable' in read) return
        excessOf(read.statements)
        for (const { to } of grantsOf('aws:x', read.statements, '111122223333')) expect(to).toMatch(/^aws:/)
        trustOf({ arn: 'arn:aws:iam::111122223333:role/r', name: 'r', account: '111122223333' }, read.statements, {
          ids: new Set(),
          whole: true,
        })
      },
    ),
  )
})
