/** `reeve/sdk`: all that a provider, rule or detector needs of Reeve. */
export * from './action.ts'
export * from './contracts.ts'
export * from './errors.ts'
export * from './judge.ts'
export * from './model.ts'
export * from './sensitive.ts'
export * from './sudoers.ts'
