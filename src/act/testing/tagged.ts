import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { migrations as graph, openStage } from '../../graph/index.ts'
import type { Db, Tx } from '../../platform/index.ts'
import { testDatabase } from '../../platform/testing/index.ts'
import {
  type Action,
  type Change,
  defineAction,
  type Entity,
  OWNER_TAGS,
  ReeveError,
  stillToDo,
  turned,
  WantedTags,
} from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import {
  approve,
  assignOwner,
  beginApply,
  beginUndo,
  type Changing,
  makePlan,
  migrations,
  PLAN_DEFAULTS,
  type Plans,
  runPlan,
} from '../index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
export let db: Db
let run = 0

/** A source of tags, as a test finds and leaves it. */
export const world = {
  /** A thing's tags by key. */
  source: new Map<string, Record<string, string>>(),
  /** What happens at the source before it answers a write; may throw. */
  before: (_key: string): void => {},
  writes: [] as string[],
  /** Connections that were read again. */
  read: [] as string[],
}

/** A database for the tests of a file, and an empty source for each of them. */
export function inItsOwnWorld(): void {
  beforeAll(async () => {
    database = await testDatabase([graph, migrations])
    db = database.db
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await sql`truncate act.assignment, act.plan, act.plan_item, act.written`.execute(db)
    Object.assign(world, { source: new Map(), before: () => {}, writes: [], read: [] })
  })
}

export const now = new Date('2026-11-24T12:00:00.000Z')
export const thingsOf = (rows: [string, Record<string, string>][]) => new Map(rows)
export const transact = <T>(change: (tx: Tx) => Promise<T>) => db.transaction().execute(change)

const tagsAt = (key: string): Record<string, string> => {
  const tags = world.source.get(key)
  if (!tags) throw new ReeveError('source/gone', `asking for ${key}: it is not there any more`)
  return tags
}
const write = (key: string, changes: readonly Change[]) => {
  const left = stillToDo(changes, tagsAt(key))
  for (const { place, to } of left) {
    world.writes.push(key)
    world.before(key)
    if (to === null) delete tagsAt(key)[place]
    else tagsAt(key)[place] = to
  }
}
export const action: Action = defineAction<null, WantedTags>({
  id: OWNER_TAGS,
  title: 'Write tags',
  effect: 'reversible',
  types: ['demo_account'],
  attribute: 'tags',
  wants: WantedTags,
  preview({ type, attributes }, { tags }) {
    if (type !== 'demo_account') return { cannot: 'it takes no tags' }
    const present = attributes['tags'] as Record<string, string> | undefined
    const changes = Object.entries(tags)
      .map(([place, to]) => ({ place, was: present?.[place] ?? null, to }))
      .filter(({ was, to }) => was !== to)
    return { changes, says: [] }
  },
  byHand: () => [],
  needs: () => ['demo:tag'],
  look: async (_, { key }, places) => Object.fromEntries(places.map((place) => [place, tagsAt(key)[place] ?? null])),
  apply: async (_, { key }, changes) => write(key, changes),
  undo: async (_, { key }, changes) => write(key, turned(changes)),
})

export const granted: Changing = { connection: 'demo', action, granted: true }
export const clock = { now: () => now, sleep: async () => {} }
const silent = { debug() {}, info() {}, warn() {}, error() {} }
export const plans = (over: Partial<Plans> = {}): Plans => ({
  db,
  clock,
  log: silent,
  open: async () => ({ action, actor: null, run: testRun(), close: async () => {} }),
  readAgain: async (connection) => void world.read.push(connection),
  ...over,
})

/** What the source says when it is read: things with their tags of now. */
export async function sync(extra: Entity[] = []): Promise<void> {
  const stage = await openStage(database, { connection: 'demo', run: ++run })
  for (const [key, tags] of world.source)
    await stage.write('all', {
      kind: 'identity',
      type: 'demo_account',
      key,
      name: key.slice(5),
      attributes: { ...(Object.keys(tags).length > 0 && { tags: { ...tags } }) },
    })
  for (const item of [
    { kind: 'person' as const, type: 'person', key: 'person:bo@x.org', name: 'Bo Berg', attributes: {} },
    { kind: 'person' as const, type: 'person', key: 'person:ann@x.org', name: 'Ann Ask', attributes: {} },
    ...extra,
  ])
    await stage.write('all', item)
  await stage.apply({
    collections: [{ id: 'all', yields: ['demo_account', 'demo_key', 'person'], complete: true }],
    at: new Date(now.getTime() + run * 1000),
  })
}
export const own = (key: string, person: string) =>
  transact((tx) => assignOwner(tx, { entity: key, owner: person, by: 'user:x', now: new Date(now.getTime() + ++run) }))
export const plan = async (keys: string[], over: Partial<Parameters<typeof makePlan>[1]> = {}) =>
  (
    await transact((tx) =>
      makePlan(tx, {
        chosen: sql`select place, entity from unnest(${keys}::text[]) with ordinality k(entity, place)`,
        changing: [granted],
        settings: PLAN_DEFAULTS,
        by: 'user:ann',
        now,
        ...over,
      }),
    )
  ).plan
export const approved = async (id: number, by = 'user:bo') => {
  await transact((tx) => approve(tx, { plan: id, reason: 'as agreed', by, now }))
  await transact((tx) => beginApply(tx, { plan: id, changing: [granted], by, now }))
  return id
}
export const items = async (id: number) =>
  (
    await sql<{ entity: string; state: string; code: string | null; says: string | null; permission: string | null }>`
      select entity, state, code, says, permission from act.plan_item where plan = ${id} order by place`.execute(db)
  ).rows
export const states = async (id: number) => (await items(id)).map(({ state }) => state)
export const stateOf = async (id: number) =>
  (await sql<{ state: string }>`select state from act.plan where id = ${id}`.execute(db)).rows[0]!.state
export const undo = async (id: number) => {
  await transact((tx) => beginUndo(tx, { plan: id, by: 'user:bo' }))
  await runPlan(plans(), id)
}
