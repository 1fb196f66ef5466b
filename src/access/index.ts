/** Effective permissions: who can do what, why, how could he become more, and what would be enough. */

export { peersNamed, templateOf } from './aws/alike.ts'
export { asTerraform } from './aws/as-terraform.ts'
export type { Answering } from './aws/asking.ts'
export { awsDerived } from './aws/derived.ts'
export { type Escalated, type EscalationRow, escalate } from './aws/escalate.ts'
export type { AwsEstate } from './aws/estate.ts'
export { exposures } from './aws/exposure.ts'
export { type FederatedTrust, trustsOf } from './aws/federation.ts'
export { awsFromCollected } from './aws/from-collected.ts'
export { type Able, findPrincipal, type Granted, whatCan, whoCanDo, why } from './aws/inquire.ts'
export { type Least, leastPolicy } from './aws/least.ts'
export { type AwsFiles, openAws } from './aws/open.ts'
export { type Call, readUsed } from './aws/read-used.ts'
export { unlistedActions } from './aws/unlisted.ts'
export { grantsUsed, neededCalls } from './aws/use.ts'
export { grantChange, whatIf } from './aws/what-if.ts'
export { type AwsWorld, awsWorld } from './aws/world.ts'
export type { Collected, CollectedEdge, CollectedNode, Unread } from './collected.ts'
export { type Answer, type Compiled, compile } from './compile.ts'
export { type Decision, decide } from './decide.ts'
export { actionsIn, decideIn, resourcesIn, subjectsIn } from './decision-point.ts'
export { type GcpRow, riskySets } from './gcp/risky-sets.ts'
export { type KubernetesRow, riskyRoles } from './kubernetes/risky-roles.ts'
export type { Ceiling, Door, Grants, Policy, Principal, Question, Statement } from './model.ts'
export { postgresDerived } from './postgres/derived.ts'
export { type PostgresRow, risePostgres } from './postgres/escalate.ts'
export type { PostgresEstate } from './postgres/estate.ts'
export { postgresFromCollected } from './postgres/from-collected.ts'
export { findObject, findRole, rolesThatCan, whatRoleCan, whyRole } from './postgres/inquire.ts'
export { openPostgres } from './postgres/open.ts'
export { postgresWorlds } from './postgres-world.ts'
export type { RisingEdge } from './rising-rows.ts'
export { sudoDerived } from './sudo/derived.ts'
export { riseSudo, type SudoRow } from './sudo/escalate.ts'
export { sudoFromCollected } from './sudo/from-collected.ts'
export { whoCanRun } from './sudo/inquire.ts'
export { openSudo } from './sudo/open.ts'
export type { Verdict } from './verdict.ts'
export { whoCan } from './who-can.ts'
export {
  indexOfSubject,
  type Outsider,
  type Subject,
  type Thing,
  type World,
  whoCanIn,
  whyIn,
  worldOf,
} from './world.ts'
