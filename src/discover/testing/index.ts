/** A source that a test directs, and a discovery around it. */
import { z } from 'zod'
import type { Database } from '../../graph/index.ts'
import { type Clock, createSealer, type InstallationKey } from '../../platform/index.ts'
import {
  type Collection,
  defineProvider,
  type Edge,
  type Entity,
  type Ledger,
  type Run,
  Sensitive,
} from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import type { Discovery } from '../index.ts'

type Listing = (run: Run & { ledger: Ledger }) => AsyncIterable<Entity | Edge>

/** An orchard with as many listings as are given, each yielding `tree` and `branch`. */
export const orchard = (listings: Record<string, Listing>, connect: () => Promise<void> = async () => {}) =>
  defineProvider({
    id: 'orchard',
    title: 'Orchard',
    summary: 'Trees, for tests.',
    config: z.strictObject({
      place: z.string().min(1).meta({ title: 'Place' }),
      token: z.string().min(4).optional().meta({ title: 'Token', secret: true }),
    }),
    label: (config) => config.place,
    connect,
    collections: Object.entries(listings).map(
      ([id, read]): Collection<void> => ({
        id,
        title: `The ${id}`,
        yields: ['tree', 'branch'],
        needs: [],
        read: (_, run) => read(run),
      }),
    ),
  })

export const tree = (name: string, more: Partial<Entity> = {}): Entity => ({
  kind: 'resource',
  type: 'tree',
  key: `orchard:${name}`,
  name,
  attributes: {},
  ...more,
})

export async function* give(...items: (Entity | Edge)[]): AsyncIterable<Entity | Edge> {
  yield* items
}

const key: InstallationKey = {
  root: new Sensitive(Buffer.alloc(32, 7)),
  seal: [{ id: '00000001', key: new Sensitive(Buffer.alloc(32, 8)) }],
}

/** A clock that a test sets, and that moves a millisecond at each look. */
export const handClock = (start = Date.UTC(2026, 10, 24, 12)): Clock & { time: number } => ({
  time: start,
  now() {
    return new Date(this.time++)
  },
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20))),
})

export const discoveryOf = (
  database: Database,
  provider: Discovery['providers'][number],
  more: Partial<Discovery> = {},
): Discovery => ({
  database,
  providers: [provider],
  sealer: createSealer(key),
  clock: handClock(),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  createRun: (signal) => ({ ...testRun(), signal }),
  ...more,
})
