import { describe, expect, test } from 'vitest'
import type { CardSource, Consumer, Touch } from './card.ts'
import { touchOf } from './touch.ts'
import type { Evidence } from './touch-checks.ts'

const DAY = 86_400_000
const now = Date.UTC(2026, 10, 24)
const at = (days: number) => new Date(now - days * DAY).toISOString()
const source = (over: Partial<CardSource> = {}): CardSource => ({
  connection: 'host-a',
  provider: 'host',
  title: 'a',
  collection: 'users',
  readAt: at(0.2),
  complete: true,
  reason: null,
  permission: null,
  ...over,
})
const partial = source({ complete: false, reason: 'the log was refused', permission: 'adm' })
const consumer = (takesNewKey: Consumer['takesNewKey'], name = 'backup.timer'): Consumer => ({
  entity: { key: `host:${name}`, kind: 'workload', type: 'systemd_unit', name, gone: null },
  verb: 'uses',
  through: null,
  firstSeen: at(90),
  lastSeen: { unknown: 'not told' },
  takesNewKey,
  because: 'for the test',
})
/** Nobody would hesitate: in force, all read, recorded for a year, unused for 200 days, nothing that holds it. */
const clear: Evidence = {
  kind: 'identity',
  gone: false,
  now,
  off: null,
  lastUsed: { value: at(200) },
  sighting: { at: now - 200 * DAY, by: null },
  recorded: { value: at(365) },
  quiet: null,
  consumers: [],
  moreConsumers: 0,
  credentials: 1,
  methods: ['access-key'],
  untold: [],
  unread: [],
  shared: [],
  holders: 0,
  controls: 0,
  refused: 0,
  stakes: [],
  grants: { total: 3, used: 0, partly: 0, notUsed: 0, unknown: 3 },
  sources: [source()],
  elsewhere: [],
}
const used = (days: number, by: string | null = null): Partial<Evidence> => ({
  lastUsed: { value: at(days) },
  sighting: { at: now - days * DAY, by },
})
const unknownUse: Partial<Evidence> = {
  lastUsed: { unknown: 'no log', permission: 'adm' },
  sighting: null,
  recorded: { unknown: 'no log', permission: 'adm' },
}
const off: Partial<Evidence> = { off: { word: 'disabled', since: now - 40 * DAY } }
const quarterly: Partial<Evidence> = {
  ...used(80),
  quiet: { days: 91, from: at(171), until: at(80), times: 2 },
}
const emergency = {
  weight: 'stops' as const,
  says: 'By its name or description it is kept for emergencies, so that nobody uses it proves nothing.',
}
const lastAdmin = {
  weight: 'stops' as const,
  says: 'It is the last administrator that we read in a: see that somebody else can undo this.',
}
const touch = (over: Partial<Evidence> = {}) => touchOf({ ...clear, ...over })

type Case = [when: string, over: Partial<Evidence>, answer: Touch['answer'], reason?: string]

describe('rotate', () => {
  test.each<Case>([
    ['nobody uses it and its use is recorded', {}, 'yes'],
    ['all that use it fetch it themselves', { consumers: [consumer('by-itself')] }, 'yes'],
    [
      'one has it in a file',
      { consumers: [consumer('by-itself'), consumer('by-hand', 'a')] },
      'with-care',
      'by hand: a (systemd unit)',
    ],
    ['how one comes by it is not known', { consumers: [consumer('unknown')] }, 'with-care'],
    ['there are more users than were listed', { consumers: [consumer('by-itself')], moreConsumers: 4 }, 'with-care'],
    [
      'a sentence names a user that nothing describes',
      {
        consumers: [
          { ...consumer('unknown'), entity: { key: 'host:x', kind: null, type: null, name: 'host:x', gone: null } },
        ],
      },
      'with-care',
      'host:x',
    ],
    ['it was used lately by somebody unseen', used(2, 'uid 0'), 'with-care', '2 days ago by uid 0'],
    ['its use is not known', unknownUse, 'unknown', 'no log'],
    [
      'a copy stands where nobody is known to read it',
      { unread: [{ name: 'key 1', where: '.env in checkout' }] },
      'with-care',
      '.env in checkout',
    ],
    ['its credential opens another as well', { shared: ['deploy'] }, 'with-care', 'deploy'],
    [
      'a password has no overlap',
      { consumers: [consumer('by-itself')], methods: ['password'] },
      'with-care',
      'no overlap',
    ],
    ['its own source was read in part and no user is known', { sources: [partial] }, 'unknown', 'the log was refused'],
    [
      'its own source was read in part, and a user is known',
      { sources: [partial], consumers: [consumer('by-itself')] },
      'with-care',
    ],
    ['its source was last read two weeks ago', { sources: [source({ readAt: at(14) })] }, 'unknown', '14 days ago'],
    [
      'a listing elsewhere was refused',
      { elsewhere: [source({ title: 'web', complete: false, reason: 'refused' })] },
      'with-care',
      'web',
    ],
    ['it holds no credential', { credentials: 0, methods: [] }, 'not-applicable'],
    ['no credential was seen in a partial read', { credentials: 0, sources: [partial] }, 'unknown'],
    ['it signs in by federation alone', { methods: ['federation'] }, 'not-applicable'],
    ['it is disabled', off, 'not-applicable'],
    ['a resource', { kind: 'resource' }, 'not-applicable'],
    ['a secret: the credential in it is rotated', { kind: 'secret' }, 'not-applicable'],
  ])('%s', (_, over, answer, reason = '') =>
    expect(touch(over).rotate).toMatchObject({ answer, reason: expect.stringContaining(reason) }),
  )
})

describe('disable', () => {
  test.each<Case>([
    ['unused for 200 days, everything read', {}, 'yes'],
    [
      'never on record in a record of a year',
      { lastUsed: { unknown: 'no login is on record' }, sighting: null },
      'yes',
    ],
    [
      'never on record in a record of two weeks',
      { lastUsed: { unknown: 'no login is on record' }, sighting: null, recorded: { value: at(14) } },
      'unknown',
      '14 days',
    ],
    ['unused for 60 days', used(60), 'with-care', 'each quarter'],
    ['unused for 92 days: a quarter has as many', used(92), 'with-care', 'each quarter'],
    ['unused for 200 days of which two weeks are recorded', { recorded: { value: at(14) } }, 'with-care', '14 days'],
    ['used 80 days ago, as after 91 quiet days before', quarterly, 'with-care', '91 quiet days'],
    [
      'unused for 130 days, after 120 quiet days before',
      { ...used(130), quiet: { days: 120, from: at(250), until: at(130), times: 1 } },
      'with-care',
      '150 days',
    ],
    ['used last week', used(7), 'no', '7 days ago'],
    [
      'its source says long ago, its key says yesterday',
      { sighting: { at: now - DAY, by: 'ci' } },
      'no',
      'yesterday by ci',
    ],
    ['something runs as it', { consumers: [consumer('by-itself')] }, 'no', 'backup.timer (systemd unit) would fail'],
    ['its use is not known', unknownUse, 'unknown', 'no log'],
    [
      'its source keeps no record',
      {
        lastUsed: { notApplicable: 'it is declared in a file' },
        sighting: null,
        recorded: { unknown: 'no source records its use: it is declared in a file' },
      },
      'unknown',
      'declared in a file',
    ],
    ['a read was partial', { sources: [partial] }, 'unknown', 'the log was refused'],
    ['a read is old', { sources: [source({ readAt: at(8) })] }, 'unknown', '8 days ago'],
    ['nothing describes it', { sources: [] }, 'unknown'],
    [
      'a listing elsewhere was refused: it can be taken back',
      { elsewhere: [source({ complete: false })] },
      'with-care',
    ],
    ['kept for emergencies', { stakes: [emergency] }, 'no', 'emergencies'],
    ['the last administrator', { stakes: [lastAdmin] }, 'no', 'last administrator'],
    ['the last administrator, though its use is unknown', { ...unknownUse, stakes: [lastAdmin] }, 'no'],
    [
      'part of the system',
      { stakes: [{ weight: 'stops', says: 'It belongs to the system, which expects it to be there.' }] },
      'no',
    ],
    ['its credential opens another as well', { shared: ['deploy'] }, 'with-care'],
    [
      'no source tells when its key was used',
      { untold: ['key 1'] },
      'with-care',
      'When key 1 was last used is not known',
    ],
    ['it is disabled already', off, 'not-applicable'],
  ])('%s', (_, over, answer, reason = '') =>
    expect(touch(over).disable).toMatchObject({ answer, reason: expect.stringContaining(reason) }),
  )
  test('an unknown names the permission that would answer it, and where', () => {
    const { permission, checks } = touch({ sources: [partial] }).disable
    expect(permission).toBe('adm')
    expect(checks).toContainEqual(expect.objectContaining({ holds: null, permission: 'adm', connection: 'host-a' }))
  })
})

describe('delete', () => {
  const watched = { ...off, ...used(150) }
  test.each<Case>([
    ['off for 40 days, nothing refused, everything read', watched, 'yes'],
    ['in force', {}, 'unknown', 'disable it first'],
    ['off for a week', { ...watched, off: { word: 'disabled', since: now - 7 * DAY } }, 'unknown', '7 days'],
    ['off, since when is not known', { ...watched, off: { word: 'disabled', since: null } }, 'unknown'],
    [
      'off for 40 days, but 91 quiet days came before: it is watched for as long',
      { ...off, ...used(140), quiet: { days: 91, from: at(231), until: at(140), times: 1 } },
      'unknown',
      '114',
    ],
    [
      'the quarterly job was used 80 days ago: unused for 30 days proves nothing',
      { ...off, ...quarterly },
      'unknown',
      'Not provable yet: it was last used 80 days ago',
    ],
    ['off and used since: somebody has let it in', { ...off, ...used(3) }, 'no', 'used 3 days ago all the same'],
    ['refused attempts are not reported', { ...watched, refused: null }, 'with-care', 'does not report'],
    ['somebody still tries', { ...watched, refused: 12 }, 'no', '12 attempts'],
    ['something uses it', { ...watched, consumers: [consumer('unknown')] }, 'no'],
    ['its use is not known', { ...watched, ...unknownUse }, 'unknown', 'no log'],
    [
      'no source tells when its keys were used',
      { ...watched, untold: ['a', 'b'] },
      'unknown',
      'when a and b were last used',
    ],
    ['a copy of its key stands in a file', { ...watched, unread: [{ name: 'key', where: '.env' }] }, 'unknown', '.env'],
    [
      'one listing of another source was refused',
      {
        ...watched,
        elsewhere: [
          source({ title: 'web', collection: 'units', complete: false, reason: 'refused', permission: 'root' }),
        ],
      },
      'unknown',
      'web, units',
    ],
    ['its own source was read in part', { ...watched, sources: [partial] }, 'unknown'],
    ['its own source was read ten days ago', { ...watched, sources: [source({ readAt: at(10) })] }, 'unknown'],
    ['its key opens another identity', { ...watched, shared: ['deploy'] }, 'with-care', 'deploy'],
    ['it may change others at the source', { ...watched, controls: 12 }, 'with-care', '12 things'],
    ['kept for emergencies', { ...watched, stakes: [emergency] }, 'no'],
    ['a credential that opens two', { ...watched, kind: 'credential', shared: ['a', 'b'] }, 'with-care', 'a and b'],
    ['an entitlement that somebody holds', { kind: 'entitlement', holders: 2 }, 'no', '2 hold it'],
    ['an entitlement that nobody was seen to hold', { kind: 'entitlement' }, 'with-care'],
    ['an entitlement in a partial read', { kind: 'entitlement', sources: [partial] }, 'unknown'],
    ['a copy that something reads', { kind: 'secret', consumers: [consumer('by-hand')] }, 'no'],
    ['a copy that nobody was seen to read', { kind: 'secret' }, 'with-care', 'leaves no trace'],
    ['a person', { kind: 'person' }, 'not-applicable'],
    ['what is gone', { ...watched, gone: true }, 'not-applicable'],
  ])('%s', (_, over, answer, reason = '') =>
    expect(touch(over).delete).toMatchObject({ answer, reason: expect.stringContaining(reason) }),
  )
})

describe('narrow', () => {
  const grants = (total: number, notUsed: number, unknown: number) => ({
    grants: { total, used: total - notUsed - unknown, partly: 0, notUsed, unknown },
  })
  test.each<Case>([
    ['the use of none is recorded', {}, 'unknown', 'no source records'],
    ['some were never used', grants(3, 2, 0), 'yes', '2 of 3'],
    [
      'all are used, one for less than it allows',
      { grants: { total: 3, used: 3, partly: 1, notUsed: 0, unknown: 0 } },
      'yes',
      '1 of 3 permissions allows more than was ever called',
    ],
    ['the one that it has is used', grants(1, 0, 0), 'no', 'its one permission is used'],
    ['some were never used, but its source was read in part', { ...grants(3, 2, 0), sources: [partial] }, 'unknown'],
    ['some were never used by what is kept for emergencies', { ...grants(3, 2, 0), stakes: [emergency] }, 'with-care'],
    ['all were used', grants(3, 0, 0), 'no'],
    ['it has none', grants(0, 0, 0), 'not-applicable'],
    ['none was seen in a partial read', { ...grants(0, 0, 0), sources: [partial] }, 'unknown', 'not the whole'],
    ['a workload', { kind: 'workload' }, 'not-applicable'],
  ])('%s', (_, over, answer, reason = '') =>
    expect(touch(over).narrow).toMatchObject({ answer, reason: expect.stringContaining(reason) }),
  )
})

test('yes is said only when every check holds, whatever else is known', () => {
  const worse: Partial<Evidence>[] = [
    unknownUse,
    used(3),
    used(60),
    quarterly,
    { sources: [] },
    { sources: [partial] },
    { sources: [source({ readAt: at(30) })] },
    { elsewhere: [source({ complete: false })] },
    { consumers: [consumer('unknown')] },
    { untold: ['k'] },
    { unread: [{ name: 'k', where: 'w' }] },
    { shared: ['x'] },
    { refused: null },
    { controls: 1 },
    { stakes: [emergency] },
    { off: { word: 'disabled', since: null } },
  ]
  for (const kind of ['identity', 'credential'] as const) {
    for (const base of [{}, off])
      for (const one of worse)
        for (const two of [{}, ...worse]) {
          const answers = touch({ kind, ...base, ...one, ...two })
          for (const { answer, checks } of Object.values(answers))
            if (answer === 'yes') expect(checks.every(({ holds }) => holds === true)).toBe(true)
          expect(answers.delete.answer).not.toBe('yes')
        }
  }
})
