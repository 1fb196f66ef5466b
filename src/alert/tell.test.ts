import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assignOwner } from '../act/index.ts'
import type { Entity } from '../sdk/index.ts'
import { addChannel, changeChannel } from './index.ts'
import { type AlertBench, alertBench, certificate, type Item, inDays, owns, person } from './testing/index.ts'

let bench: AlertBench
beforeEach(async () => {
  bench = await alertBench()
})
afterEach(() => bench.close())

describe('who is told', () => {
  test('each owner gets one mail for a run, however much is theirs; the named addresses get everything', async () => {
    await bench.mail({ to: ['ops@example.org'] }, { events: ['ending'] })
    await bench.observe()
    await bench.say([
      person('ada'),
      person('bo'),
      ...Array.from({ length: 500 }, (_, i) => certificate(`demo:c${i}`, inDays(5))),
      ...Array.from({ length: 300 }, (_, i) => owns(i % 2 ? 'ada' : 'bo', `demo:c${i}`)),
    ])
    await bench.observe()
    const told = await bench.outbox()
    expect(
      told.map(({ recipient, message }) => [recipient, message.alerts.length + message.more, message.alerts.length]),
    ).toEqual([
      ['ops@example.org', 500, 20],
      ['bo@example.org', 150, 20],
      ['ada@example.org', 150, 20],
    ])
    expect(told[1]!.message.title).toBe('150 things end or have ended')
  })

  test('of a credential that nobody was named for, whoever answers for what it proves', async () => {
    await bench.mail({}, { events: ['ending'] })
    await bench.say([
      { kind: 'identity', type: 'demo_account', key: 'demo:svc', name: 'svc' },
      person('ada'),
      person('bo'),
      certificate('demo:c', inDays(5)),
      { from: 'demo:c', verb: 'authenticates', to: 'demo:svc' },
      owns('ada', 'demo:svc'),
      owns('bo', 'demo:svc', true),
    ])
    await bench.observe()
    expect((await bench.outbox()).map(({ recipient, message }) => [recipient, message.alerts[0]!.owner])).toEqual([
      ['ada@example.org', 'ada'],
    ])
  })

  test.each<Entity['attributes']>([{ disabled: true }, { employment: 'left' }])(
    'what an owner with %j answered for goes to the backup',
    async (attributes) => {
      await bench.mail({}, { events: ['ending'] })
      await bench.say([
        person('ada', attributes),
        person('bo'),
        certificate('demo:c', inDays(5)),
        owns('ada', 'demo:c'),
        owns('bo', 'demo:c', true),
      ])
      await bench.observe()
      expect((await bench.outbox()).map(({ recipient }) => recipient)).toEqual(['bo@example.org'])
    },
  )

  test('a backup and an owner who were named here are told, each of what is theirs', async () => {
    await bench.mail({}, { events: ['ending'] })
    await bench.say([person('ada'), person('bo'), certificate('demo:c', inDays(0.5))])
    await sql`insert into act.assignment (entity, aliases, sort, value, name, by, at) values
      ('demo:c', '{}', 'owner', 'person:ada@example.org', 'ada', 'user:ann', ${bench.clock.now()}),
      ('demo:c', '{}', 'backup', 'person:bo@example.org', 'bo', 'user:ann', ${bench.clock.now()})`.execute(
      bench.database.db,
    )
    await bench.observe()
    expect((await bench.outbox()).map(({ recipient, what }) => [recipient, what])).toEqual([
      ['ada@example.org', 'digest'],
      ['bo@example.org', 'overdue'],
    ])
  })

  test('an owner who was named here is the one, at once', async () => {
    await bench.mail({}, { events: ['ending'] })
    await bench.say([person('ada'), person('bo'), certificate('demo:c', inDays(5)), owns('ada', 'demo:c')])
    await bench.database.db
      .transaction()
      .execute((tx) =>
        assignOwner(tx, { entity: 'demo:c', owner: 'bo@example.org', by: 'user:ann', now: bench.clock.now() }),
      )
    await bench.observe()
    expect((await bench.outbox()).map(({ recipient }) => recipient)).toEqual(['bo@example.org'])
  })

  test('the backup is told once, on the last day, or when something stayed open for a week', async () => {
    await bench.mail({ to: ['ops@example.org'] }, { events: ['ending', 'age'] })
    const old: Item = {
      kind: 'credential',
      type: 'k',
      key: 'demo:old',
      name: 'old',
      method: 'access-key',
      created: { value: inDays(-100) },
    }
    const items = [
      person('ada'),
      person('bo'),
      certificate('demo:c', inDays(5)),
      owns('ada', 'demo:c'),
      owns('bo', 'demo:c', true),
      old,
      owns('ada', 'demo:old'),
      owns('bo', 'demo:old', true),
    ]
    await bench.say(items, { judged: true })
    await bench.observe()
    expect((await bench.outbox()).map(({ recipient }) => recipient)).toEqual(['ops@example.org', 'ada@example.org'])
    const overdue: unknown[] = []
    for (let day = 1; day <= 9; day++) {
      bench.pass(1)
      await bench.observe()
      for (const { recipient, what, message } of await bench.outbox())
        if (what === 'overdue') overdue.push([day, recipient, message.title])
    }
    expect(overdue).toEqual([
      [4, 'bo@example.org', 'Overdue: c ends on 29 November 2026.'],
      [7, 'bo@example.org', 'Overdue: old has been the same since 16 August 2026.'],
    ])
  })

  test('a first read of 10,000 things that ended long ago is one message for each channel', async () => {
    await bench.mail({ to: ['ops@example.org'] })
    await bench.hook()
    await addChannel(
      { ...bench, db: bench.database.db },
      { kind: 'pagerduty', settings: { routingKey: 'a'.repeat(32) } },
      'user:ann',
    )
    await bench.observe()
    await bench.say(Array.from({ length: 10_000 }, (_, i) => certificate(`demo:c${i}`, inDays(-800))))
    await bench.observe()
    const told = await bench.outbox()
    expect(told.map(({ channel, what }) => [channel, what])).toEqual([
      ['hook', 'digest'],
      ['mail', 'digest'],
      ['pagerduty', 'digest'],
    ])
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
  })

  test('a digest is taken back when all that it told is over', async () => {
    await bench.hook({ events: ['ending'] })
    const many = (count: number) => Array.from({ length: count }, (_, i) => certificate(`demo:c${i}`, inDays(20)))
    await bench.say(many(30))
    await bench.observe()
    const [digest] = await bench.outbox()
    await bench.say(many(3))
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    await bench.say([certificate('demo:other', inDays(900))])
    await bench.observe()
    expect((await bench.outbox()).map(({ what, topic, message }) => [what, topic, message.title])).toEqual([
      ['closed', digest!.topic, 'Closed by itself: 30 alerts'],
    ])
  })

  test('a channel that comes later is told once what is open; a paused one nothing', async () => {
    await bench.say([certificate('demo:c', inDays(5)), certificate('demo:d', inDays(5))])
    await bench.observe()
    await bench.mail({ to: ['ops@example.org'] }, { events: ['ending'] })
    await bench.observe()
    await bench.observe()
    expect((await bench.outbox()).map(({ recipient, message }) => [recipient, message.title])).toEqual([
      ['ops@example.org', '2 things end or have ended'],
    ])
    await changeChannel({ ...bench, db: bench.database.db }, 'mail', { paused: true }, 'user:ann')
    bench.pass(4.5)
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
  })

  test('filters by connection, environment, owner and event', async () => {
    await bench.hook({ events: ['ending'], sources: ['aws-prod'] }, 'source')
    await bench.hook({ events: ['ending'], environments: ['production'] }, 'environment')
    await bench.hook({ events: ['ending'], owners: ['Ada@example.org'] }, 'owner')
    await bench.hook({ events: ['finding'] }, 'event')
    await bench.say([certificate('demo:a', inDays(5)), certificate('demo:b', inDays(5), { environment: 'production' })])
    await bench.say([certificate('demo:c', inDays(5)), person('ada'), owns('ada', 'demo:c')], {
      connection: 'aws-prod',
    })
    await bench.observe()
    const told = await bench.outbox()
    const of = (channel: string) =>
      told.filter((one) => one.channel === channel).map(({ message }) => message.alerts[0]!.name)
    expect([of('source'), of('environment'), of('owner'), of('event')]).toEqual([['c'], ['b'], ['c'], []])
  })

  test('what closed by itself is said in a digest where that is asked for', async () => {
    await bench.mail({ to: ['ops@example.org'] }, { events: ['ending'], closings: true })
    await bench.say([certificate('demo:c', inDays(5))])
    await bench.observe()
    await bench.outbox()
    await bench.say([certificate('demo:d', inDays(5))])
    await bench.observe()
    const [one] = await bench.outbox()
    expect([one!.message.title, one!.message.closed[0]!.closed]).toEqual([
      'd ends on 29 November 2026.',
      'It is gone from its source.',
    ])
  })
})
