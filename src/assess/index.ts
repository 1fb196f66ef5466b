import type { Migrations } from '../platform/index.ts'

export { type Assessor, startAssessor } from './assessor.ts'
export { describeRules, ruleSettings, setRule } from './catalogue.ts'
export type { Evidence } from './closing.ts'
export {
  type Evaluated,
  type EvaluateOptions,
  evaluate,
  type Judged,
  judgements,
  type View,
} from './evaluate.ts'
export { expiredEvents, expiredFindings, expiredJudgements } from './expired.ts'
export { baseline, toFindings } from './finding.ts'
export { type StoredFinding, storedFindings } from './finding-rows.ts'
export type { Claim, Control, Framework } from './frameworks/framework.ts'
export { frameworks } from './frameworks/index.ts'
export { type Imported, importFindings, knownToReport } from './imported/findings.ts'
export { FORMATS as IMPORT_FORMATS, type Format as ImportFormat } from './imported/read-report.ts'
export { remembered } from './judge-estate.ts'
export { approveAcceptance, askAcceptance, mute, reopen, type Step, undo } from './life.ts'
export { type DryRun, dryRun } from './own/dry-run.ts'
export { type OwnRules, ownRules, removeUserRule, saveUserRule } from './own/store-user-rules.ts'
export { parseUserRule } from './own/user-rule.ts'
export { type Suggested, type SuggestOptions, suggestOwner } from './owner.ts'
export type { Reach } from './reach.ts'
export { toCsv } from './report/csv.ts'
export { toEvidenceCsv } from './report/csv-frameworks.ts'
export { toHtml } from './report/html.ts'
export type { Paper, PaperFramework } from './report/paper.ts'
export { toPdf } from './report/pdf.ts'
export { type PostureReport, postureReport, toJson } from './report/posture.ts'
export { type Reported, toSarif } from './report/sarif.ts'
export { storedPosture } from './report/stored.ts'
export { rules } from './rules/index.ts'
export { type Score, type ScorePart, score } from './score.ts'
export type { Standing } from './standings.ts'
export { EVALUATION_LOCK, type StoredEvaluation, storeEvaluation } from './store.ts'
export type { Lost } from './store-things.ts'
export type { Thing, ThingsEstate } from './things.ts'

export const migrations: Migrations = { schema: 'assess', folder: new URL('./migrations/', import.meta.url) }
