import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rules, setRule } from '../assess/index.ts'
import type { Entity } from '../sdk/index.ts'
import { type AlertBench, alertBench, certificate, type Item, inDays, owns, person } from './testing/index.ts'

let bench: AlertBench
beforeEach(async () => {
  bench = await alertBench()
})
afterEach(() => bench.close())

describe('an end', () => {
  test('is told at 30, 7 and 1 days, once each, and not when it has come', async () => {
    await bench.say([certificate('demo:c', inDays(40))])
    await bench.hook({ events: ['ending'] })
    await bench.observe()
    expect(await bench.titles()).toEqual([])
    const told: string[] = []
    for (let day = 1; day <= 45; day++) {
      bench.pass(1)
      await bench.observe()
      await bench.observe()
      for (const title of await bench.titles()) told.push(`${day} ${title}`)
    }
    expect(told).toEqual([
      '10 opened: c ends on 3 January 2027.',
      '33 opened: c ends on 3 January 2027.',
      '39 opened: c ends on 3 January 2027.',
    ])
  })

  test('that passed thresholds while nobody looked is told once, at the nearest', async () => {
    await bench.hook({ events: ['ending'] })
    await bench.say([certificate('demo:c', inDays(40))])
    await bench.observe()
    bench.pass(39.5)
    await bench.observe()
    const [one, ...others] = await bench.outbox()
    expect(others).toEqual([])
    expect([one!.message.severity, one!.message.alerts[0]!.because]).toEqual([
      'critical',
      ['That is in 12 hours, and nothing is known to renew it.'],
    ])
  })

  test('bears one topic through all thresholds, and closes itself when it is renewed', async () => {
    await bench.hook({ events: ['ending'] })
    await bench.say([certificate('demo:c', inDays(29))])
    await bench.observe()
    bench.pass(23)
    await bench.observe()
    const told = await bench.outbox()
    expect(told.map(({ message }) => message.severity)).toEqual(['medium', 'high'])
    expect(new Set(told.map(({ topic }) => topic)).size).toBe(1)
    await bench.say([certificate('demo:c', inDays(400))])
    await bench.observe()
    await bench.observe()
    const [closed, ...others] = await bench.outbox()
    expect(others).toEqual([])
    expect(closed).toMatchObject({ what: 'closed', topic: told[0]!.topic })
    expect(closed!.message.closed[0]!.closed).toBe('It was renewed: it ends on 29 December 2027 now.')
  })

  test.each<[string, () => Item[], string]>([
    ['is removed', () => [certificate('demo:other', inDays(400))], 'It is gone from its source.'],
    [
      'renews itself',
      () => [certificate('demo:c', inDays(20), { attributes: { autoRenew: true } })],
      'Its source says that it renews itself.',
    ],
    [
      'is revoked',
      () => [certificate('demo:c', inDays(20), { attributes: { revoked: true } })],
      'It does not end any more, or is out of force.',
    ],
  ])('closes itself when the thing %s', async (_, then, says) => {
    await bench.hook({ events: ['ending'] })
    await bench.say([certificate('demo:c', inDays(20))])
    await bench.observe()
    expect((await bench.outbox()).length).toBe(1)
    await bench.say(then())
    await bench.observe()
    expect((await bench.outbox()).map(({ what, message }) => [what, message.closed[0]!.closed])).toEqual([
      ['closed', says],
    ])
  })

  test('a partial read that does not name it closes nothing', async () => {
    await bench.hook({ events: ['ending'] })
    await bench.say([certificate('demo:c', inDays(20)), certificate('demo:d', inDays(200))])
    await bench.observe()
    await bench.outbox()
    await bench.say([certificate('demo:d', inDays(200))], { partial: true })
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
  })

  test('a renewal to a day that is near again is told anew', async () => {
    await bench.hook({ events: ['ending'] })
    await bench.say([certificate('demo:c', inDays(5))])
    await bench.observe()
    await bench.outbox()
    await bench.say([certificate('demo:c', inDays(6))])
    await bench.observe()
    expect((await bench.outbox()).map(({ what }) => what)).toEqual(['opened', 'closed'])
  })

  test('a threshold counts for what lives twice as long or more, to the day', async () => {
    await bench.hook({ events: ['ending'] })
    const made = ([life, left]: number[]) =>
      certificate(`demo:${life}-${left}`, inDays(left!), { created: { value: inDays(left! - life!) } })
    await bench.say(
      [
        [60, 30],
        [59, 29],
        [14, 7],
        [13, 6],
        [2, 1],
        [1, 0.5],
      ].map(made),
    )
    await bench.observe()
    expect((await bench.outbox()).map(({ message }) => message.alerts[0]!.name).toSorted()).toEqual([
      '14-7',
      '2-1',
      '60-30',
    ])
  })

  test('thirty days are thirty days, and what ended long ago and is still there is told too', async () => {
    await bench.hook({ events: ['ending'] })
    await bench.say([
      certificate('demo:on', inDays(30)),
      certificate('demo:over', inDays(30.01)),
      certificate('demo:old', inDays(-40)),
    ])
    await bench.observe()
    expect((await bench.outbox()).map(({ message }) => [message.alerts[0]!.name, message.severity]).toSorted()).toEqual(
      [
        ['old', 'medium'],
        ['on', 'medium'],
      ],
    )
  })

  test('what was made for a week is not told a week before, nor what lives an hour', async () => {
    await bench.hook({ events: ['ending'] })
    await bench.say([
      certificate('demo:week', inDays(6), { created: { value: inDays(-1) } }),
      certificate('demo:hour', inDays(1 / 24), { created: { value: inDays(0) } }),
    ])
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    bench.pass(5.5)
    await bench.observe()
    expect(await bench.titles()).toEqual(['opened: week ends on 30 November 2026.'])
  })
})

describe('an age', () => {
  const key = (created: string, more: Partial<Entity> = {}): Item => ({
    kind: 'credential',
    type: 'aws_access_key',
    key: 'demo:key',
    method: 'access-key',
    created: { value: created },
    ...more,
  })

  test('a key of 90 days is not told, one of 91 is told once, and closes itself after rotation', async () => {
    await bench.hook({ events: ['age'] })
    await bench.say([key(inDays(-90))], { judged: true })
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    bench.pass(1)
    await bench.say([key(inDays(-90))], { judged: true })
    await bench.observe()
    await bench.observe()
    bench.pass(30)
    await bench.say([key(inDays(-90))], { judged: true })
    await bench.observe()
    const told = await bench.outbox()
    expect(told.map(({ what, message }) => [what, message.alerts[0]!.event])).toEqual([['opened', 'age']])
    await bench.say([key(inDays(-90), { attributes: { rotated: bench.clock.now().toISOString() } })], { judged: true })
    await bench.observe()
    expect((await bench.outbox()).map(({ what, topic }) => [what, topic])).toEqual([['closed', told[0]!.topic]])
  })

  const ssh = (key = 'host:k1'): Item => ({ kind: 'credential', type: 'ssh_key', key, method: 'ssh-key' })

  test('an SSH key without a date is aged from when it was first seen, and that is said', async () => {
    await bench.hook({ events: ['age'] })
    await bench.say([ssh()], { judged: true })
    bench.pass(730)
    await bench.say([ssh()], { judged: true })
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    bench.pass(1)
    await bench.observe()
    await bench.observe()
    const [one, ...others] = await bench.outbox()
    expect(others).toEqual([])
    expect([one!.message.title, ...one!.message.alerts[0]!.because]).toEqual([
      'k1 has been here at least since 24 November 2026.',
      'No source says when it was made: its age counts from when Reeve first saw it.',
      'A ssh key may be 730 days old.',
    ])
    await bench.say([ssh('host:k2')], { judged: true })
    await bench.observe()
    expect((await bench.outbox()).map(({ what }) => what)).toEqual(['closed'])
  })

  test('the limit is that of this installation', async () => {
    await bench.hook({ events: ['age'] })
    await bench.say([ssh()], { judged: true })
    await bench.database.db.transaction().execute((tx) =>
      setRule(tx, {
        rule: rules.find(({ id }) => id === 'credential-long-lived')!,
        enabled: true,
        params: { 'ssh-key': 10 },
        by: 'ann',
        now: bench.clock.now(),
      }),
    )
    bench.pass(11)
    await bench.observe()
    expect((await bench.outbox()).length).toBe(1)
  })
})

describe('findings and owners', () => {
  test('a finding at or above the severity of a channel is told once, and again only when it becomes worse', async () => {
    await bench.hook({ events: ['finding'], severity: 'high' }, 'high')
    await bench.hook({ events: ['finding'], severity: 'medium' }, 'medium')
    const insert = (severity: string, rank: number) =>
      sql`insert into assess.finding
      (id, number, rule, subject, verdict, state, severity, rank, title, says, owasp, because, fix, places, opened_at, digest)
      values ('f1', 7, 'demo-rule', 'demo:x', 'fail', 'open', ${severity}, ${rank}, 'A thing is wrong', 'x is wrong.', '{}', '{Because.}', '{Mend it.}', '[]', ${bench.clock.now()}, 'd')
      on conflict (id) do update set severity = excluded.severity, rank = excluded.rank`.execute(bench.database.db)
    await insert('low', 3)
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    await insert('medium', 2)
    await bench.observe()
    await bench.observe()
    expect((await bench.outbox()).map(({ channel }) => channel)).toEqual(['medium'])
    await insert('critical', 0)
    await bench.observe()
    expect((await bench.outbox()).map(({ channel, message }) => [channel, message.link])).toEqual([
      ['high', 'https://reeve.example/findings/F-7'],
      ['medium', 'https://reeve.example/findings/F-7'],
    ])
    await sql`update assess.finding set state = 'muted'`.execute(bench.database.db)
    await bench.observe()
    expect((await bench.outbox()).map(({ what, message }) => `${what} ${message.closed[0]!.closed}`)).toEqual([
      'closed Its finding is muted.',
      'closed Its finding is muted.',
    ])
  })

  test('an owner who left is an event of its own, which goes to the backup and not to the leaver', async () => {
    await bench.mail({ to: ['ops@example.org'] }, { events: ['ownership'] })
    const svc: Item = { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' }
    await bench.say([svc, person('ada'), owns('ada', 'demo:svc')], { judged: true })
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    await bench.say([svc, person('ada', { disabled: true }), owns('ada', 'demo:svc')], { judged: true })
    await bench.observe()
    expect((await bench.outbox()).map(({ recipient }) => recipient)).toEqual(['ops@example.org'])
    await bench.say(
      [svc, person('ada', { disabled: true }), owns('ada', 'demo:svc'), person('bo'), owns('bo', 'demo:svc')],
      { judged: true },
    )
    await bench.observe()
    await bench.say(
      [
        svc,
        person('ada', { disabled: true }),
        owns('ada', 'demo:svc'),
        person('cy', { disabled: true }),
        owns('cy', 'demo:svc'),
      ],
      { judged: true },
    )
    await bench.observe()
    expect((await bench.outbox()).map(({ recipient }) => recipient)).toEqual(['ops@example.org'])
  })
})
