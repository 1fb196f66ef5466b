/** What we change. Now: who answers for what, and what things are; always by a person, always with a way back. */
import type { Migrations } from '../platform/index.ts'

export {
  type Assigned,
  type Assignment,
  assignments,
  assignOwner,
  LABELS,
  type LabelName,
  label,
  undoAssignment,
  withdraw,
} from './assign.ts'
export { selfProvider } from './self.ts'

export const migrations: Migrations = { schema: 'act', folder: new URL('./migrations/', import.meta.url) }
