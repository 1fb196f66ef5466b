/** What is: entities and edges with their history, reconciled from what collections yield. */
import type { Migrations } from '../platform/index.ts'

export const migrations: Migrations = { schema: 'graph', folder: new URL('./migrations/', import.meta.url) }
export { replaceDerivedEdges, type Settles } from './derived.ts'
export { Estate, type SourceState } from './estate.ts'
export { EstateBuilder, estateFrom } from './estate-builder.ts'
export { type Expired, expiredHistory, keptFrom } from './expired.ts'
export type { Remembered } from './former.ts'
export { type Change, changesBetween, type EntityAt, entityAt, type HistoryEntry, historyOf } from './history.ts'
export { loadEstate, loadSources } from './load.ts'
export { startReach } from './reach.ts'
export {
  Aim,
  AroundAsked,
  BlastAsked,
  ChokesAsked,
  type Gap,
  type Hop,
  LeaksAsked,
  type Moment,
  type Path,
  PathsAsked,
  PathsFound,
  type Reach,
  ReachingAsked,
  type ReachNode,
  Removal,
  SimulateAsked,
  Simulated,
  Switches,
  WorthAsked,
} from './reach-answers.ts'
export { APPLY_LOCK, type Applied, type CollectionRead } from './reconcile.ts'
export { type Database, dropStage, openStage, type Stage, stagedRuns } from './stage.ts'
