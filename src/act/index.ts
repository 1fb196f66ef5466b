/** What we change. Now: who answers for what, and what things are; always by a person, always with a way back. */
import type { Migrations } from '../platform/index.ts'

export {
  type Assigned,
  type Assignment,
  assignBackup,
  assignments,
  assignOwner,
  findOwner,
  LABELS,
  type LabelName,
  label,
  undoAssignment,
  withdraw,
} from './assign.ts'
export { assignAll, type Wanted } from './assign-many.ts'
export { certify } from './certify.ts'
export { handOver } from './hand-over.ts'
export { importOwners, OWNER_COLUMNS } from './import-owners.ts'
export { importPeople, PEOPLE_COLUMNS } from './import-people.ts'
export type { Imported } from './imported.ts'
export { escapeCell, openList } from './list-lines.ts'
export { findPerson, type NamedPerson } from './people.ts'
export {
  approve,
  beginApply,
  beginUndo,
  type Choice,
  choose,
  makePlan,
  type PlanState,
  stopPlan,
  withdrawPlan,
} from './plan.ts'
export type { Changing, PlannedItem } from './plan-items.ts'
export { type OpenConnection, type Plans, runPlan, startPlans } from './plan-run.ts'
export { PLAN_DEFAULTS, PlanSettings } from './plan-settings.ts'
export { anythingDecided, selfProvider } from './self.ts'
export { endTeam, putTeam } from './team.ts'
export { undoBatch } from './undo-batch.ts'

export const migrations: Migrations = { schema: 'act', folder: new URL('./migrations/', import.meta.url) }
