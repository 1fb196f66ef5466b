export * as audit from './audit.ts'
export { type AuditEntry, type AuditReport, type AuditRow, type Checkpoint, canonical } from './audit.ts'
export { type BackupOptions, type BackupSummary, backup } from './backup/backup.ts'
export { type RestoreOptions, type RestoreSummary, restore } from './backup/restore.ts'
export { type Clock, systemClock } from './clock.ts'
export { type Config, type ConfigSources, type ExplainedSetting, explainConfig, loadConfig } from './config.ts'
export { type Database, type Db, kyselyOver, openDatabase, openPool, type Tx } from './database.ts'
export { type Check, doctor } from './doctor.ts'
export {
  type InstallationKey,
  keyFileOf,
  openInstallationKey,
  parseInstallationKey,
} from './installation-key.ts'
export { type Job, type Jobs, type JobsOptions, type QueueSettings, startJobs } from './jobs.ts'
export { createLog, type LogOptions } from './log.ts'
export { Gauge, Histogram, metrics, observeProcess } from './metrics.ts'
export { type Migrations, migrate } from './migrate.ts'
export { type Listener, listen, notify } from './notify.ts'
export { type AddressGuard, addressGuard } from './outbound/address.ts'
export { createFetch } from './outbound/fetch.ts'
export { type Watch, watchOutbound } from './outbound/opened.ts'
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres/server.ts'
export { createSealer, fingerprinter, type Sealer } from './seal.ts'
export { forgetSteps, type Steps, steps } from './steps.ts'
export { Thread, type Told } from './thread.ts'
