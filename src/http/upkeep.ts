import type { App } from './app.ts'
import { PROOF_CRON, proveAudit } from './audit.ts'
import { startBackups } from './settings-backup.ts'
import { applyRetention, RETENTION_CRON } from './settings-retention.ts'

/** What an installation does for itself by night: it lets go what is old, walks the audit trail, and makes backups. */
export async function startUpkeep(app: App): Promise<void> {
  const { jobs } = app.discovery
  await jobs?.work('retention', async ({ signal }) => void (await applyRetention(app.db, app.clock, { signal })))
  await jobs?.schedule('retention', RETENTION_CRON, {})
  await jobs?.work('audit-proof', async () => void (await proveAudit(app, 'reeve')))
  await jobs?.schedule('audit-proof', PROOF_CRON, {})
  await startBackups(app)
}
