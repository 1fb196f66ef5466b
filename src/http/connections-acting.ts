import { z } from 'zod'
import {
  type ActingGrant,
  formOf,
  getConnection,
  listGrants,
  providerOf,
  putGrant,
  removeGrant,
  testGrant,
} from '../discover/index.ts'
import { ActingPage, TestResult } from '../read/index.ts'
import { Json, type JsonValue, type Provider, ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { Id } from './parameters.ts'
import { route } from './route.ts'

const Given = z.strictObject({ settings: z.record(z.string().max(200), Json) })

async function pageOf(app: Serving, id: string): Promise<z.input<typeof ActingPage>> {
  const { provider: of } = await getConnection(app.db, id)
  const provider = providerOf(app.discovery, of)
  const { acting } = provider
  if (acting === undefined)
    throw new ReeveError(
      'discover/cannot-act',
      `asking what can be changed through ${id}: Reeve changes nothing in ${provider.title}`,
    )
  const grant = (await listGrants(app.db)).find(({ connection }) => connection === id)
  return {
    connection: id,
    summary: acting.summary,
    actions: acting.actions.map((action) => ({
      id: action.id,
      title: action.title,
      effect: action.effect,
      types: [...action.types],
      needs: [...new Set(action.types.flatMap((type) => action.needs(type)))].sort(),
    })),
    form: formOf({ ...provider, config: acting.grant } as Provider) as Record<string, JsonValue>,
    grant: grant ? shown(grant) : null,
  }
}

const shown = ({ settings, secrets, changed, by }: ActingGrant) => ({ settings, secrets, changed, by })

export const actingRoutes = [
  route({
    method: 'GET',
    path: '/v1/connections/{id}/acting',
    can: 'oversee',
    says: 'What can be changed through a source, the grants that wants, and with what it is allowed; never a secret.',
    params: Id,
    answers: ActingPage,
    handle: ({ app, params }) => pageOf(app, params.id),
  }),
  route({
    method: 'PUT',
    path: '/v1/connections/{id}/acting',
    can: 'administer',
    says: 'Gives a source a grant for changes, apart from the settings that read; secrets that are left out stay.',
    params: Id,
    body: Given,
    answers: ActingPage,
    async handle({ app, caller, params, body }) {
      await putGrant(app.discovery, params.id, body.settings, caller.actor)
      return pageOf(app, params.id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/connections/{id}/acting',
    can: 'administer',
    says: 'Takes the grant for changes away: the source is only read from now on.',
    params: Id,
    handle: ({ app, caller, params }) => removeGrant(app.discovery, params.id, caller.actor),
  }),
  route({
    method: 'POST',
    path: '/v1/connections/{id}/acting/test',
    can: 'administer',
    says: 'Opens and closes the source with this grant, and changes nothing; secrets that are left out are the stored ones.',
    params: Id,
    body: Given,
    answers: TestResult,
    async handle({ app, params, body, signal }) {
      const result = await testGrant(
        app.discovery,
        params.id,
        body.settings,
        AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
      )
      if (result.ok) return { ok: true, label: result.label, error: null }
      const { label, code, message, permission } = result
      return { ok: false, label, error: { code, message, permission } }
    },
  }),
]
