/** An estate under a clock that is set by hand, with what the engine writes into the outbox. */
import { sql } from 'kysely'
import { migrations as act } from '../../act/index.ts'
import { migrations as assess } from '../../assess/index.ts'
import { migrations as graph, openStage } from '../../graph/index.ts'
import { read } from '../../http/testing/index.ts'
import { createSealer, parseInstallationKey, type Sealer } from '../../platform/index.ts'
import { type TestDatabase, testDatabase } from '../../platform/testing/index.ts'
import { type Edge, type Entity, isEdge } from '../../sdk/index.ts'
import { addChannel, type Channel, migrations, type Observed, observeAlerts } from '../index.ts'
import type { Message } from '../message.ts'

export type Item = (Partial<Entity> & Pick<Entity, 'kind' | 'type' | 'key'>) | Edge
export const NOON = new Date('2026-11-24T12:00:00.000Z')
export const DAY = 86_400_000
export const inDays = (days: number): string => new Date(NOON.getTime() + days * DAY).toISOString()
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

export interface Sent {
  channel: string
  recipient: string | null
  topic: string
  what: string
  message: Message
}

export interface AlertBench {
  database: TestDatabase
  sealer: Sealer
  clock: { now(): Date; sleep(): Promise<void> }
  /** Days go by. */
  pass(days: number): void
  /** What a connection says now; `judged` where findings matter. */
  say(items: readonly Item[], options?: { connection?: string; partial?: boolean; judged?: boolean }): Promise<void>
  observe(): Promise<Observed>
  hook(filter?: object, id?: string): Promise<Channel>
  mail(settings?: object, filter?: object): Promise<Channel>
  /** What was written since the last look. */
  outbox(): Promise<Sent[]>
  titles(): Promise<string[]>
  close(): Promise<void>
}

export async function alertBench(): Promise<AlertBench> {
  const http = { schema: 'http', folder: new URL('../../http/migrations/', import.meta.url) }
  const database = await testDatabase([graph, assess, act, migrations, http])
  const sealer = createSealer(parseInstallationKey('ab'.repeat(32), 'the test'))
  let now = NOON
  let seen = 0
  let run = 1_000_000
  const clock = { now: () => now, sleep: async () => {} }
  const keeping = { db: database.db, sealer, clock }
  const outbox = async (): Promise<Sent[]> => {
    const { rows } = await sql<
      Sent & { number: string }
    >`select number, channel, recipient, topic, what, message from alert.delivery
      where number > ${seen} order by number`.execute(database.db)
    seen = Number(rows.at(-1)?.number ?? seen)
    return rows
  }
  return {
    database,
    sealer,
    clock,
    pass: (days) => {
      now = new Date(now.getTime() + days * DAY)
    },
    async say(items, { connection = 'host-ops', partial = false, judged = false } = {}) {
      const lines = partial
        ? [
            {
              scope: '',
              expected: items.length + 1,
              obtained: items.length,
              refused: 1,
              reason: 'refused',
              permission: 'list',
            },
          ]
        : []
      if (judged) return read(database, items, { at: now, connection, lines })
      const stage = await openStage(database, { connection, run: ++run })
      const yields = new Set<string>()
      for (const item of items) {
        if (isEdge(item as Edge)) await stage.write('all', item as Edge)
        else {
          const entity = item as Entity
          yields.add(entity.type)
          await stage.write('all', {
            ...entity,
            attributes: entity.attributes ?? {},
            name: entity.name ?? entity.key.split(/[:/]/).at(-1)!,
          })
        }
      }
      await stage.apply({ collections: [{ id: 'all', yields: [...yields], complete: !partial, lines }], at: now })
    },
    observe: () => observeAlerts(database.db, { now, link: 'https://reeve.example' }),
    hook: (filter = {}, id = 'hook') =>
      addChannel(
        keeping,
        { kind: 'webhook', id, filter, settings: { url: 'https://hooks.example/x', secret: SECRET } },
        'user:ann',
      ),
    mail: (settings = {}, filter = {}) =>
      addChannel(
        keeping,
        {
          kind: 'mail',
          id: 'mail',
          filter,
          settings: { host: 'mail.example', from: 'reeve@example.org', ...settings },
        },
        'user:ann',
      ),
    outbox,
    titles: async () => (await outbox()).map(({ what, message }) => `${what}: ${message.title}`),
    close: () => database.close(),
  }
}

export const certificate = (key: string, expires: string, more: Partial<Entity> = {}): Item => ({
  kind: 'credential',
  type: 'x509_certificate',
  key,
  method: 'certificate',
  expires: { value: expires },
  ...more,
})
export const person = (name: string, attributes: Entity['attributes'] = {}): Item => ({
  kind: 'person',
  type: 'person',
  key: `person:${name}@example.org`,
  name,
  attributes,
})
export const owns = (name: string, to: string, backup = false): Item => ({
  from: `person:${name}@example.org`,
  verb: 'owns',
  to,
  ...(backup ? { attributes: { backup: true } } : {}),
})
