import { audit } from '../platform/index.ts'
import { AuditPage, AuditProof, readAudit } from '../read/index.ts'
import { AsOfQuery, Cursor, Limit, QueryText } from './parameters.ts'
import { route } from './route.ts'

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
    path: '/v1/audit/proof',
    can: 'oversee',
    says: 'Walks the whole chain and says whether it is as it was written.',
    answers: AuditProof,
    async handle({ app }) {
      const { ok, entries, fault } = await audit.verify(app.db, app.installationKey ? { key: app.installationKey } : {})
      return {
        holds: ok,
        entries,
        at: app.clock.now().toISOString(),
        broken: fault ? { number: fault.id, reason: fault.what } : null,
      }
    },
  }),
]
