import { expect, test } from 'vitest'
import { readDocument } from './aws/document.ts'
import { holds, type Known, withVariables } from './condition.ts'

const KNOWN: Record<string, Known> = {
  'aws:username': ['ana'],
  'aws:principaltag/team': ['blue'],
  'aws:currenttime': ['2026-11-24T12:00:00Z'],
  'aws:principalarn': ['arn:aws:iam::111122223333:role/team/app'],
  'aws:tagkeys': ['team', 'cost'],
  'aws:calledvia': null,
  'aws:groups': [],
  'x:count': ['7'],
  'x:flag': ['true'],
  'x:ip': ['10.1.2.3'],
  'x:ip6': ['2001:db8::1'],
  'x:bytes': ['QUJD'],
  'x:star': ['a*c'],
}

function verdict(condition: unknown) {
  const read = readDocument('p', { Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: condition } })
  if ('unreadable' in read) throw new Error(read.unreadable)
  return holds(read.policy.statements[0]!.condition, (key) => KNOWN[key])
}

test.for<[string, object, 'yes' | 'no' | 'depends']>([
  ['equal text', { StringEquals: { 'aws:username': 'ana' } }, 'yes'],
  ['text in another case', { StringEquals: { 'aws:username': 'Ana' } }, 'no'],
  ['text in any case', { StringEqualsIgnoreCase: { 'aws:username': 'ANA' } }, 'yes'],
  ['one of several', { StringEquals: { 'aws:username': ['bob', 'ana'] } }, 'yes'],
  ['none of several', { StringNotEquals: { 'aws:username': ['bob', 'cy'] } }, 'yes'],
  ['one of several that must not be', { StringNotEquals: { 'aws:username': ['bob', 'ana'] } }, 'no'],
  ['not in any case', { StringNotEqualsIgnoreCase: { 'aws:username': 'ANA' } }, 'no'],
  ['a star in equal text is a star', { StringEquals: { 'aws:username': 'a*' } }, 'no'],
  ['like', { StringLike: { 'aws:username': 'a?a' } }, 'yes'],
  ['not like', { StringNotLike: { 'aws:username': 'a*' } }, 'no'],
  ['a key in any case', { StringEquals: { 'AWS:UserName': 'ana' } }, 'yes'],
  ['numbers', { NumericLessThanEquals: { 'x:count': '7' } }, 'yes'],
  ['numbers above', { NumericGreaterThan: { 'x:count': '7' } }, 'no'],
  ['numbers, not the same', { NumericNotEquals: { 'x:count': '7.0' } }, 'no'],
  ['numbers below', { NumericLessThan: { 'x:count': 8 } }, 'yes'],
  ['numbers, from', { NumericGreaterThanEquals: { 'x:count': 8 } }, 'no'],
  ['dates', { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:01Z' } }, 'yes'],
  ['dates past', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:01Z' } }, 'no'],
  ['dates in seconds', { DateGreaterThanEquals: { 'aws:CurrentTime': '1577836800' } }, 'yes'],
  ['dates, other', { DateNotEquals: { 'aws:CurrentTime': '2020-01-01T00:00:01Z' } }, 'yes'],
  ['true', { Bool: { 'x:flag': 'true' } }, 'yes'],
  ['true as JSON', { Bool: { 'x:flag': true } }, 'yes'],
  ['false', { Bool: { 'x:flag': 'false' } }, 'no'],
  ['bytes', { BinaryEquals: { 'x:bytes': 'QUJD' } }, 'yes'],
  ['inside a network', { IpAddress: { 'x:ip': ['192.0.2.0/24', '10.0.0.0/8'] } }, 'yes'],
  ['outside a network', { NotIpAddress: { 'x:ip': '10.0.0.0/8' } }, 'no'],
  ['one address', { IpAddress: { 'x:ip': '10.1.2.3' } }, 'yes'],
  ['IPv6', { IpAddress: { 'x:ip6': '2001:db8::/32' } }, 'yes'],
  ['an address of the other family', { IpAddress: { 'x:ip6': '0.0.0.0/0' } }, 'no'],
  ['an ARN', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/team/*' } }, 'yes'],
  ['a star of an ARN stays in its segment', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*:role/team/app' } }, 'no'],
  ['another ARN', { ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/team/app' } }, 'no'],
  ['an absent key', { StringEquals: { 'aws:CalledVia': 'x' } }, 'no'],
  ['an absent key, if it exists', { StringEqualsIfExists: { 'aws:CalledVia': 'x' } }, 'yes'],
  ['an absent key, negated', { StringNotEquals: { 'aws:CalledVia': 'x' } }, 'yes'],
  ['must be absent', { Null: { 'aws:CalledVia': 'true' } }, 'yes'],
  ['must be there', { Null: { 'aws:CalledVia': 'false' } }, 'no'],
  ['is there', { Null: { 'aws:username': 'false' } }, 'yes'],
  ['all values', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'cost', 'env'] } }, 'yes'],
  ['not all values', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }, 'no'],
  ['any value', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } }, 'yes'],
  ['any value that is not', { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['team'] } }, 'yes'],
  ['all values of nothing', { 'ForAllValues:StringEquals': { 'aws:CalledVia': 'x' } }, 'yes'],
  ['any value of nothing', { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'x' } }, 'no'],
  ['all values of an empty list', { 'ForAllValues:StringLike': { 'aws:Groups': 'x' } }, 'yes'],
  ['several values without a qualifier, negated', { StringNotLike: { 'aws:TagKeys': 'te*' } }, 'no'],
  ['an unknown key', { StringEquals: { 'aws:SourceIp': 'x' } }, 'depends'],
  ['an unknown key, negated', { StringNotEquals: { 'aws:SourceIp': 'x' } }, 'depends'],
  ['an unknown key, if it exists', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, 'depends'],
  ['Null of an unknown key', { Null: { 'aws:SourceIp': 'true' } }, 'depends'],
  ['unknown and false', { StringEquals: { 'aws:SourceIp': 'x', 'aws:username': 'bob' } }, 'no'],
  ['unknown and true', { StringEquals: { 'aws:SourceIp': 'x' }, Bool: { 'x:flag': 'true' } }, 'depends'],
  ['a word that is no operator', { StringResembles: { 'aws:username': 'ana' } }, 'depends'],
  ['a word of the language', { constructor: { 'aws:username': 'ana' } }, 'depends'],
  ['a variable', { StringEquals: { 'aws:PrincipalTag/Team': '${aws:PrincipalTag/team}' } }, 'yes'],
  ['a variable in a pattern', { StringLike: { 'aws:PrincipalArn': "*/${aws:principaltag/none, 'app'}" } }, 'depends'],
  ['a variable that is absent', { StringNotEquals: { 'aws:username': '${aws:CalledVia}' } }, 'yes'],
  ['an unknown variable', { StringEquals: { 'aws:username': '${aws:SourceIp}' } }, 'depends'],
  ['an escaped star', { StringLike: { 'x:star': 'a${*}c' } }, 'yes'],
  ['an escaped star is no wildcard', { StringLike: { 'aws:username': 'a${*}' } }, 'no'],
])('%s', ([, condition, wanted]) => {
  expect(verdict(condition)).toBe(wanted)
})

test('a variable that is absent takes its default', () => {
  const context = (key: string): Known => (key === 'aws:principaltag/team' ? null : undefined)
  expect(withVariables("team/${aws:PrincipalTag/team, 'none'}/*", context)).toBe('team/none/*')
})

test('what a variable brings is never a wildcard', () => {
  const read = readDocument('p', {
    Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringLike: { 'x:a': '${x:b}' } } },
  })
  const condition = 'policy' in read ? read.policy.statements[0]!.condition : []
  expect(holds(condition, (key) => (key === 'x:a' ? ['abc'] : ['a*']))).toBe('no')
})
