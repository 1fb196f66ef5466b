/** What we change. Now: who answers for what, and what things are; always by a person, always with a way back. */
import type { Migrations } from '../platform/index.ts'

export {
  type Assigned,
  type Assignment,
  assignBackup,
  assignments,
  assignOwner,
  LABELS,
  type LabelName,
  label,
  undoAssignment,
  withdraw,
} from './assign.ts'
export { undoBatch } from './assign-many.ts'
export { certify } from './certify.ts'
export { findPerson, type NamedPerson } from './people.ts'
export { selfProvider } from './self.ts'
export { endTeam, putTeam } from './team.ts'

export const migrations: Migrations = { schema: 'act', folder: new URL('./migrations/', import.meta.url) }
