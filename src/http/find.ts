import { z } from 'zod'
import { audit } from '../platform/index.ts'
import { Found, find, findFingerprint } from '../read/index.ts'
import { AsOfQuery } from './parameters.ts'
import { route } from './route.ts'

export const findRoutes = [
  route({
    method: 'GET',
    path: '/v1/find',
    can: 'see',
    says: 'Whatever is meant by a pasted id: exact matches first, also among the deleted. Never send a secret value here.',
    query: AsOfQuery.extend({ q: z.string().max(2_048) }),
    answers: Found,
    handle: async ({ app, query }) => find(app.db, () => app.rolls.current(), query.q, app.clock.now()),
  }),
  route({
    method: 'POST',
    path: '/v1/find/secret',
    can: 'operate',
    says: 'Where a secret value is known: it becomes a fingerprint in memory and is dropped. The audit trail records that somebody looked, not what.',
    body: z.strictObject({ value: z.string().min(4).max(65_536) }),
    bodyLimit: 262_144,
    answers: Found,
    async handle({ app, caller, body }) {
      const fingerprint = app.fingerprint(body.value.trim())
      await app.db
        .transaction()
        .execute((tx) => audit.record(tx, { actor: caller.actor, action: 'secret.look-up', subject: 'a secret value' }))
      return findFingerprint(app.db, fingerprint, app.clock.now())
    },
  }),
]
