import { describe, expect, test } from 'vitest'
import type { CardSource, Consumer } from './card.ts'
import { type Evidence, touchOf } from './touch.ts'

const DAY = 86_400_000
const now = Date.UTC(2026, 10, 24)
const ago = (days: number) => ({ value: new Date(now - days * DAY).toISOString() })
const source = (over: Partial<CardSource> = {}): CardSource => ({
  connection: 'host-a',
  provider: 'host',
  title: 'a',
  collection: 'users',
  readAt: null,
  complete: true,
  reason: null,
  permission: null,
  ...over,
})
const consumer = (takesNewKey: Consumer['takesNewKey'], name = 'backup.timer'): Consumer => ({
  entity: { key: `host:${name}`, kind: 'workload', type: 'systemd_unit', name, gone: null },
  verb: 'uses',
  through: null,
  lastSeen: { unknown: 'not told' },
  takesNewKey,
  because: 'for the test',
})
const touch = (over: Partial<Evidence> = {}) =>
  touchOf({
    kind: 'identity',
    gone: false,
    off: null,
    now,
    lastUsed: ago(200),
    lastUsedBy: { unknown: 'not told' },
    consumers: [],
    moreConsumers: 0,
    credentials: 1,
    grants: { total: 3, used: 0, notUsed: 0, unknown: 3 },
    sources: [source()],
    ...over,
  })

describe('rotate', () => {
  test.each<[string, Partial<Evidence>, string]>([
    ['nobody uses it and its use is recorded', {}, 'yes'],
    ['all that use it fetch it themselves', { consumers: [consumer('by-itself')] }, 'yes'],
    ['one has it in a file', { consumers: [consumer('by-itself'), consumer('by-hand')] }, 'with-care'],
    ['how one comes by it is not known', { consumers: [consumer('unknown')] }, 'with-care'],
    ['it was used lately by somebody unseen', { lastUsed: ago(2) }, 'with-care'],
    ['its use is not known', { lastUsed: { unknown: 'no log' } }, 'unknown'],
    ['it holds no credential', { credentials: 0 }, 'not-applicable'],
    [
      'no credential was seen in a partial read',
      { credentials: 0, sources: [source({ complete: false, reason: 'refused' })] },
      'unknown',
    ],
    ['a resource', { kind: 'resource' }, 'not-applicable'],
  ])('%s', (_, over, answer) => expect(touch(over).rotate.answer).toBe(answer))
})

describe('disable', () => {
  test.each<[string, Partial<Evidence>, string]>([
    ['unused for 200 days, everything read', {}, 'yes'],
    ['unused for 60 days', { lastUsed: ago(60) }, 'with-care'],
    ['used last week', { lastUsed: ago(7) }, 'no'],
    ['something runs as it', { consumers: [consumer('by-itself')] }, 'no'],
    ['its use is not known', { lastUsed: { unknown: 'no log', permission: 'adm' } }, 'unknown'],
    ['a read was partial', { sources: [source({ complete: false, reason: 'refused', permission: 'adm' })] }, 'unknown'],
    ['it is disabled already', { off: 'disabled' }, 'not-applicable'],
  ])('%s', (_, over, answer) => expect(touch(over).disable.answer).toBe(answer))
  test('an unknown names the permission that would answer it', () => {
    expect(touch({ lastUsed: { unknown: 'no log', permission: 'adm' } }).disable.permission).toBe('adm')
  })
})

describe('delete and narrow', () => {
  test('never before it was disabled and watched', () => {
    expect(touch().delete.answer).toBe('unknown')
    expect(touch({ off: 'disabled' }).delete.answer).toBe('yes')
    expect(touch({ off: 'disabled', lastUsed: ago(40) }).delete.answer).toBe('with-care')
    expect(touch({ off: 'disabled', lastUsed: { unknown: 'no log' } }).delete.answer).toBe('unknown')
    expect(touch({ lastUsed: ago(1) }).delete.answer).toBe('no')
  })
  test('narrow wants a record of use', () => {
    expect(touch().narrow.answer).toBe('unknown')
    expect(touch({ grants: { total: 3, used: 1, notUsed: 2, unknown: 0 } }).narrow.answer).toBe('yes')
    expect(touch({ grants: { total: 3, used: 3, notUsed: 0, unknown: 0 } }).narrow.answer).toBe('no')
    expect(touch({ grants: { total: 0, used: 0, notUsed: 0, unknown: 0 } }).narrow.answer).toBe('not-applicable')
  })
  test('what is gone is not touched', () => {
    expect(Object.values(touch({ gone: true })).map(({ answer }) => answer)).toEqual(Array(4).fill('not-applicable'))
  })
})
