/** How the estate is read: connections, runs, and the ledger of what came and what did not. */
import type { Migrations } from '../platform/index.ts'

export const migrations: Migrations = { schema: 'discover', folder: new URL('./migrations/', import.meta.url) }
export {
  type ActingGrant,
  listGrants,
  type OpenActing,
  openActing,
  putGrant,
  removeGrant,
  testGrant,
} from './acting.ts'
export type { CollectionProgress, CollectionResult } from './collection-result.ts'
export {
  type Connection,
  type ConnectionChange,
  createConnection,
  getConnection,
  listConnections,
  type NewConnection,
  removeConnection,
  type TestOutcome,
  testConnection,
  updateConnection,
} from './connections.ts'
export { createRun, type RunParts } from './create-run.ts'
export { type Discovery, isOutside, providerOf } from './discovery.ts'
export { expiredConnections, expiredRuns } from './expired.ts'
export { type ReadOptions, readProvider } from './read.ts'
export { cancelRun, getRun, listRuns, type RunState, requestSync, type SyncRun } from './runs.ts'
export { nextAt } from './schedule.ts'
export { formOf, type Settings } from './settings.ts'
export { runSync, startDiscovery } from './sync.ts'
