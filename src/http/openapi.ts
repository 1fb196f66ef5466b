import { z } from 'zod'
import * as screens from '../read/index.ts'
import * as nouns from '../sdk/index.ts'
import { Problem, TITLES } from './problem.ts'
import { type Route, statusOn } from './route.ts'

type Json = Record<string, any>

/** The reference of all routes, OpenAPI 3.1. Always the same text for the same routes. */
export function openapiOf(routes: readonly Route[], version: string): Json {
  const paths: Json = {}
  for (const one of [...routes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    paths[one.path] ??= {}
    paths[one.path][one.method.toLowerCase()] = operationOf(one)
  }
  const schemas: Json = {}
  const lift = (operation: Json): Json => lifted(operation, schemas)
  const operations = lift(paths)
  const problem = lift(schemaOf(Problem, 'output'))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Reeve',
      version,
      description:
        'Non-human identities: what is, what is wrong, who answers. `x-can` says who may; see docs/reference/routes.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: operations,
    components: {
      schemas: {
        ...Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
        Problem: problem,
      },
      responses: {
        Problem: {
          description: 'RFC 9457 problem details',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'reeve_session' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'reeve_…' },
      },
    },
  }
}

function operationOf(one: Route): Json {
  const ok = String(statusOn(one))
  const refusals = [
    ...(one.can === 'anyone' ? [] : [401, 403]),
    ...(one.params || one.query || one.body ? [400] : []),
    ...(one.params ? [404] : []),
  ]
  return {
    operationId: idOf(one),
    summary: one.says,
    'x-can': one.can,
    security: one.can === 'anyone' ? [] : [{ session: [] }, { token: [] }],
    ...(one.params || one.query
      ? { parameters: [...parametersOf(one.params, 'path'), ...parametersOf(one.query, 'query')] }
      : {}),
    ...(one.body
      ? {
          requestBody: {
            required: true,
            content: one.takes
              ? { [one.takes]: { schema: { type: 'string' } } }
              : { 'application/json': { schema: schemaOf(one.body, 'input') } },
          },
        }
      : {}),
    responses: {
      [ok]: {
        description: one.says,
        ...(one.streams ? { content: { [one.streams.split(';')[0]!]: {} } } : {}),
        ...(one.answers ? { content: { 'application/json': { schema: schemaOf(one.answers, 'output') } } } : {}),
      },
      ...Object.fromEntries(
        refusals.map((status) => [status, { $ref: '#/components/responses/Problem', description: TITLES[status] }]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input')
  return Object.entries(properties as Json).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }))
}

/** The schemas that have a name: those of the nouns and the screens. */
const named = z.registry<{ id: string }>()
for (const [id, schema] of Object.entries({ ...nouns, ...screens })) {
  if (schema instanceof z.ZodType && !named.has(schema)) named.add(schema, { id })
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    metadata: named as typeof z.globalRegistry,
    override({ zodSchema, jsonSchema }) {
      const { description } = z.globalRegistry.get(zodSchema as never) ?? {}
      if (description !== undefined) jsonSchema.description = description
    },
  }) as Json
  return rest
}

/** Named schemas stand once, in the components; whatever names them refers there. */
function lifted(value: any, schemas: Json): any {
  if (Array.isArray(value)) return value.map((item) => lifted(item, schemas))
  if (value === null || typeof value !== 'object') return value
  const { $defs = {}, ...rest } = value
  // A nameless schema that refers to itself is that of any JSON value.
  if (typeof rest.$ref === 'string' && rest.$ref.startsWith('#/$defs/__')) return {}
  for (const [name, schema] of Object.entries($defs)) {
    if (name in schemas || name.startsWith('__')) continue
    schemas[name] = null
    schemas[name] = lifted(schema, schemas)
  }
  return Object.fromEntries(
    Object.entries(rest).map(([name, item]) =>
      name === '$ref' && typeof item === 'string'
        ? [name, item.replace('#/$defs/', '#/components/schemas/')]
        : [name, lifted(item, schemas)],
    ),
  )
}

const idOf = (one: Route): string =>
  one.method.toLowerCase() +
  one.path
    .replace(/^\/v1/, '')
    .split(/[/{}.-]+/)
    .filter(Boolean)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')
