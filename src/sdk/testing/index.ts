/** `reeve/sdk/testing`: the contract suites that every plugin passes. */
export { type ActionStage, testAction } from './action.ts'
export { type Read, testCollection } from './collection.ts'
export { runCase, testRule } from './rule.ts'
export { type RecordedLedger, recordingLedger, testRun } from './run.ts'
