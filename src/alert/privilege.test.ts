import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Edge, Entity } from '../sdk/index.ts'
import { addChannel } from './index.ts'
import { type AlertBench, alertBench, type Item, inDays } from './testing/index.ts'

let bench: AlertBench
beforeEach(async () => {
  bench = await alertBench()
})
afterEach(() => bench.close())

describe('a privileged grant', () => {
  const admin: Item = {
    kind: 'entitlement',
    type: 'demo_role',
    key: 'demo:admin',
    name: 'Administrator',
    attributes: { admin: true },
  }
  const group: Item = { kind: 'entitlement', type: 'demo_group', key: 'demo:group', name: 'ops' }
  const robot: Item = { kind: 'identity', type: 'demo_account', key: 'demo:robot', name: 'robot' }
  const has = (from: string, to: string, attributes?: Edge['attributes']): Item => ({
    from,
    verb: 'has',
    to,
    ...(attributes ? { attributes } : {}),
  })

  test('on the first read of a connection is no news; one that comes later is told once, and closes when it goes', async () => {
    await bench.hook({ events: ['privilege'] })
    const old: Item = { kind: 'identity', type: 'demo_account', key: 'demo:old', name: 'old' }
    await bench.say([admin, robot, old, has('demo:old', 'demo:admin')])
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    await bench.say([admin, robot, old, has('demo:old', 'demo:admin'), has('demo:robot', 'demo:admin')])
    await bench.observe()
    await bench.observe()
    // The evidence of the edge changes; the grant does not.
    await bench.say([
      admin,
      robot,
      old,
      has('demo:old', 'demo:admin'),
      has('demo:robot', 'demo:admin', { condition: 'mfa' }),
    ])
    await bench.observe()
    expect(await bench.titles()).toEqual(['opened: robot now has Administrator.'])
    await bench.say([admin, robot, old, has('demo:old', 'demo:admin')])
    await bench.observe()
    expect(await bench.titles()).toEqual(['closed: Closed: robot now has Administrator.'])
    await bench.say([admin, robot, old, has('demo:robot', 'demo:admin')])
    await bench.observe()
    expect(await bench.titles()).toEqual(['opened: robot now has Administrator.'])
  })

  test('through a group, and by acting as one that has it, is one too', async () => {
    await bench.hook({ events: ['privilege'] })
    const other: Item = { kind: 'identity', type: 'demo_account', key: 'demo:other', name: 'other' }
    await bench.say([admin, group, robot, other, has('demo:robot', 'demo:group')])
    await bench.observe()
    await bench.say([
      admin,
      group,
      robot,
      other,
      has('demo:robot', 'demo:group'),
      has('demo:group', 'demo:admin'),
      { from: 'demo:other', verb: 'assumes', to: 'demo:robot' },
    ])
    await bench.observe()
    expect((await bench.titles()).toSorted()).toEqual([
      'opened: other may now act as robot.',
      'opened: robot now has ops.',
    ])
  })

  test('an entitlement that becomes privileged makes its holders news; an administrator who is a person is none', async () => {
    await bench.hook({ events: ['privilege'] })
    const role = (attributes: Entity['attributes']): Item => ({
      kind: 'entitlement',
      type: 'demo_role',
      key: 'demo:r',
      name: 'deploy',
      attributes,
    })
    const ada: Item = {
      kind: 'identity',
      type: 'demo_account',
      key: 'demo:ada',
      name: 'ada',
      attributes: { accountKind: 'human' },
    }
    const rest = [robot, ada, has('demo:robot', 'demo:r'), has('demo:ada', 'demo:r')]
    await bench.say([role({}), ...rest])
    await bench.observe()
    await bench.say([role({ excess: [{ says: 'allows every action', level: 'all' }] }), ...rest])
    await bench.observe()
    expect(await bench.titles()).toEqual(['opened: robot now has deploy.'])
  })

  test('what the first whole read brings, after partial ones, is no news either; nor what a removed connection brings back', async () => {
    await bench.hook({ events: ['privilege'] })
    await bench.say([robot], { partial: true })
    await bench.observe()
    await bench.say([admin, robot, has('demo:robot', 'demo:admin')])
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
    await sql`update graph.source set removed_at = ${bench.clock.now()}`.execute(bench.database.db)
    await bench.say([])
    await sql`update graph.source set removed_at = ${bench.clock.now()}`.execute(bench.database.db)
    await bench.observe()
    await bench.say([admin, robot, has('demo:robot', 'demo:admin')])
    await bench.observe()
    expect(await bench.outbox()).toEqual([])
  })

  test('is told once, though a finding says the same', async () => {
    await bench.hook()
    const policy: Item = {
      kind: 'entitlement',
      type: 'aws_iam_policy',
      key: 'aws:arn:aws:iam::aws:policy/AdministratorAccess',
      name: 'AdministratorAccess',
      attributes: { excess: [{ says: 'allows every action on every resource', level: 'all' }] },
    }
    const role: Item = {
      kind: 'identity',
      type: 'aws_iam_role',
      key: 'aws:arn:aws:iam::1:role/deploy',
      name: 'deploy',
      attributes: { accountKind: 'service' },
      lastUsed: { value: inDays(-1) },
    }
    const owned: Item[] = [
      { kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' },
      { from: 'person:ada@example.org', verb: 'owns', to: role.key as string },
    ]
    await bench.say([policy, role, ...owned])
    await bench.observe()
    await bench.outbox()
    await bench.say(
      [
        policy,
        role,
        ...owned,
        has('aws:arn:aws:iam::1:role/deploy', 'aws:arn:aws:iam::aws:policy/AdministratorAccess'),
      ],
      { judged: true },
    )
    expect(
      (
        await sql`select from assess.finding where rule = 'aws-administrator' and state = 'open'`.execute(
          bench.database.db,
        )
      ).rows.length,
    ).toBe(1)
    await bench.observe()
    expect(await bench.titles()).toEqual(['opened: deploy now has AdministratorAccess.'])
  })

  test('of administrator to a machine reaches mail, Slack and webhook once each', async () => {
    const keeping = { db: bench.database.db, sealer: bench.sealer, clock: bench.clock }
    await bench.hook()
    await bench.mail({ to: ['security@example.org'] })
    await addChannel(
      keeping,
      { kind: 'slack', settings: { url: 'https://hooks.slack.com/services/T/B/x' } },
      'user:ann',
    )
    await bench.say([admin, robot])
    await bench.observe()
    await bench.say([admin, robot, has('demo:robot', 'demo:admin')])
    for (let times = 0; times < 3; times++) await bench.observe()
    bench.pass(1)
    await bench.say([admin, robot, has('demo:robot', 'demo:admin')])
    await bench.observe()
    expect(
      (await bench.outbox()).map(({ channel, message }) => [channel, message.title, message.severity]).toSorted(),
    ).toEqual([
      ['hook', 'robot now has Administrator.', 'high'],
      ['mail', 'robot now has Administrator.', 'high'],
      ['slack', 'robot now has Administrator.', 'high'],
    ])
  })
})
