import { z } from 'zod'
import { Json } from '../sdk/index.ts'
import { accessRoutes } from './access-routes.ts'
import { alertRoutes } from './alerts.ts'
import { channelRoutes } from './alerts-channels.ts'
import { feedRoutes } from './alerts-feeds.ts'
import { auditRoutes } from './audit.ts'
import { authzenRoutes } from './authzen.ts'
import { bulkRoutes } from './bulk.ts'
import { connectionRoutes } from './connections.ts'
import { actingRoutes } from './connections-acting.ts'
import { demoRoutes } from './demo.ts'
import { entityRoutes } from './entities.ts'
import { eventRoutes } from './events.ts'
import { expiryRoutes } from './expiry.ts'
import { findRoutes } from './find.ts'
import { findingRoutes } from './findings.ts'
import { frameworkRoutes } from './frameworks.ts'
import { healthRoutes } from './health.ts'
import { inboxRoutes } from './inbox.ts'
import { certificationRoutes } from './inbox-certifications.ts'
import { openapiOf } from './openapi.ts'
import { ownersRoutes } from './owners.ts'
import { ownersActRoutes } from './owners-acts.ts'
import { ownersListRoutes } from './owners-lists.ts'
import { ownersSettingsRoutes } from './owners-settings.ts'
import { ownershipRoutes } from './ownership.ts'
import { passkeyRoutes } from './passkey-routes.ts'
import { planRoutes } from './plans.ts'
import { planSettingsRoutes } from './plans-settings.ts'
import { providerRoutes } from './providers.ts'
import { reachRoutes } from './reach.ts'
import { reportRoutes } from './reports.ts'
import { type Route, route } from './route.ts'
import { ruleRoutes } from './rules.ts'
import { runRoutes } from './runs.ts'
import { screenRoutes } from './screens.ts'
import { sessionRoutes } from './session.ts'
import { sessionListRoutes } from './sessions.ts'
import { backupRoutes } from './settings-backup.ts'
import { outboundRoutes } from './settings-outbound.ts'
import { retentionRoutes } from './settings-retention.ts'
import { teamRoutes } from './teams.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'
import { viewRoutes } from './views.ts'

const described: readonly Route[] = [
  ...healthRoutes,
  ...sessionRoutes,
  ...sessionListRoutes,
  ...passkeyRoutes,
  ...tokenRoutes,
  ...userRoutes,
  ...screenRoutes,
  ...entityRoutes,
  ...expiryRoutes,
  ...accessRoutes,
  ...authzenRoutes,
  ...reachRoutes,
  ...feedRoutes,
  ...alertRoutes,
  ...channelRoutes,
  ...viewRoutes,
  ...ownershipRoutes,
  ...ownersRoutes,
  ...ownersActRoutes,
  ...ownersListRoutes,
  ...ownersSettingsRoutes,
  ...inboxRoutes,
  ...certificationRoutes,
  ...teamRoutes,
  ...bulkRoutes,
  ...findRoutes,
  ...findingRoutes,
  ...planRoutes,
  ...planSettingsRoutes,
  ...connectionRoutes,
  ...actingRoutes,
  ...runRoutes,
  ...providerRoutes,
  ...demoRoutes,
  ...ruleRoutes,
  ...frameworkRoutes,
  ...reportRoutes,
  ...auditRoutes,
  ...retentionRoutes,
  ...backupRoutes,
  ...outboundRoutes,
  ...eventRoutes,
]

const reference = route({
  method: 'GET',
  path: '/openapi.json',
  can: 'anyone',
  says: 'This reference.',
  answers: z.record(z.string(), Json),
  handle: ({ app }) => openapiOf(routes, app.version),
})

/** Every address there is, in the order of the reference. */
export const routes: readonly Route[] = [...described, reference]
