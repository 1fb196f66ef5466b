import type { Applied, Database } from '../graph/index.ts'
import type { Clock, Jobs, Sealer } from '../platform/index.ts'
import type { Log, Provider } from '../sdk/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { BaseRun } from './read.ts'

/** What discovery works with; main.ts makes one. */
export interface Discovery {
  database: Database
  providers: readonly Provider[]
  sealer: Sealer
  clock: Clock
  log: Log
  createRun(signal: AbortSignal): BaseRun
  /** Without it runs are worked off by whoever calls `runSync`, and schedules are kept but not followed. */
  jobs?: Jobs | undefined
  /** After the graph has changed. A throw is logged and changes nothing. */
  onApplied?: ((run: { id: number; connection: string; applied: Applied }) => Promise<void>) | undefined
  /** How many collections of a connection are read at once. */
  parallel?: number
  /** See `readProvider`. */
  quietSeconds?: number
}

/** Is something beyond Reeve read? Then there are settings to give, or a place to stand in. */
export const isOutside = ({ config, nearby }: Provider): boolean =>
  nearby !== undefined || Object.keys((config as { shape?: object }).shape ?? { settings: true }).length > 0

export function providerOf({ providers }: Pick<Discovery, 'providers'>, id: string): Provider {
  const provider = providers.find((one) => one.id === id)
  if (provider) return provider
  throw new ReeveError(
    'discover/no-provider',
    `there is no provider ${id}; there are ${providers.map((one) => one.id).join(', ')}`,
  )
}
