import { z } from 'zod'
import { formOf } from '../discover/index.ts'
import { ProviderPage } from '../read/index.ts'
import { type JsonValue, type Provider, ReeveError } from '../sdk/index.ts'
import { Id } from './parameters.ts'
import { route } from './route.ts'

function pageOf(provider: Provider): z.input<typeof ProviderPage> {
  const { id, title, summary, collections = [] } = provider
  return {
    id,
    title,
    summary,
    collections: collections.map((one) => ({
      id: one.id,
      title: one.title,
      yields: [...one.yields],
      needs: [...one.needs],
    })),
    needs: [...new Set(collections.flatMap(({ needs }) => needs))],
    writes: provider.acting !== undefined,
    form: formOf(provider) as Record<string, JsonValue>,
  }
}

export const providerRoutes = [
  route({
    method: 'GET',
    path: '/v1/providers',
    can: 'oversee',
    says: 'The systems that can be read, and the permissions each asks for.',
    answers: z.object({ rows: z.array(ProviderPage.omit({ form: true })) }),
    handle: ({ app }) => ({ rows: app.discovery.providers.filter(({ invented }) => !invented).map(pageOf) }),
  }),
  route({
    method: 'GET',
    path: '/v1/providers/{id}',
    can: 'oversee',
    says: 'One system, with the JSON Schema of its form; secret fields bear `"secret": true`.',
    params: Id,
    answers: ProviderPage,
    handle({ app, params }) {
      const provider = app.discovery.providers.find(({ id }) => id === params.id)
      if (!provider) throw new ReeveError('discover/no-provider', `there is no provider ${params.id}`)
      return pageOf(provider)
    },
  }),
]
