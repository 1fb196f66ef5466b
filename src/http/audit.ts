import { Readable } from 'node:stream'
import { z } from 'zod'
import { audit } from '../platform/index.ts'
import { AuditPage, AuditProof, auditExport, readAudit } from '../read/index.ts'
import type { App } from './app.ts'
import { AsOfQuery, Cursor, Limit, QueryText } from './parameters.ts'
import { route } from './route.ts'
import { putSetting, storedSetting } from './settings-store.ts'

export const PROOF_CRON = '0 6 * * *'
const LAST = 'audit.proof'

/** Walks the whole chain, and keeps what came of it. */
export async function proveAudit(app: Pick<App, 'db' | 'clock' | 'installationKey'>, by: string): Promise<AuditProof> {
  const { db, clock, installationKey: key } = app
  const { ok, entries, fault } = await audit.verify(db, key ? { key } : {})
  const proof = {
    holds: ok,
    entries,
    at: clock.now().toISOString(),
    by,
    broken: fault ? { number: fault.id, reason: fault.what } : null,
  }
  await putSetting(db, { name: LAST, value: proof, by, now: clock.now() })
  return proof
}

export const auditRoutes = [
  route({
    method: 'GET',
    path: '/v1/audit',
    can: 'oversee',
    says: 'Every change made through Reeve, the newest first.',
    query: AsOfQuery.extend({ q: QueryText, cursor: Cursor, limit: Limit }),
    answers: AuditPage,
    handle: ({ app, query }) => readAudit(app.db, query),
  }),
  route({
    method: 'GET',
    path: '/v1/audit/export',
    can: 'oversee',
    says: 'The trail as lines of JSON, the oldest first, with the hashes by which anybody can verify it; with `q`, what fits.',
    query: AsOfQuery.extend({ q: QueryText }),
    streams: 'application/x-ndjson',
    handle({ app, query, reply, signal }) {
      reply.header('content-disposition', 'attachment; filename="reeve-audit.ndjson"')
      return Readable.from(auditExport(app.db, query.q), { signal })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/audit/proof',
    can: 'oversee',
    says: 'Whether the chain was as it was written when it was last walked: each morning, or when somebody asked.',
    answers: AuditProof,
    handle: async ({ app }) => (await storedSetting(app.db, LAST, AuditProof))?.value ?? proveAudit(app, 'reeve'),
  }),
  route({
    method: 'POST',
    path: '/v1/audit/proof',
    can: 'operate',
    says: 'Walks the whole chain now and says whether it is as it was written.',
    body: z.strictObject({}).describe('nothing'),
    answers: AuditProof,
    handle: ({ app, caller }) => proveAudit(app, caller.actor),
  }),
]
