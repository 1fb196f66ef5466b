/** The decision point of OpenID's AuthZEN Authorization API 1.0: evaluation, evaluations, search and metadata. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ReeveError } from '../sdk/index.ts'
import { momentOf } from './access-routes.ts'
import type { Serving } from './app.ts'
import type { Found, SearchFor } from './authzen-answers.ts'
import { route } from './route.ts'

const Text = z.string().min(1).max(2_048)
const Properties = z.record(z.string(), z.unknown()).optional()
const Subject = z.object({ type: Text, id: Text, properties: Properties })
const Action = z.object({ name: Text, properties: Properties })
const Resource = Subject
const Context = z.record(z.string(), z.unknown()).optional()
const Open = z.object({ type: Text, properties: Properties })

const Evaluation = z.object({ subject: Subject, action: Action, resource: Resource, context: Context })
const MOST_EVALUATIONS = 1_000
const Semantic = z.enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
/** Each key stands for what the evaluations leave out; a whole object takes its place. */
const Evaluations = z.object({
  subject: Subject.optional(),
  action: Action.optional(),
  resource: Resource.optional(),
  context: Context,
  evaluations: z.array(z.record(z.string(), z.unknown())).max(MOST_EVALUATIONS).optional(),
  options: z.looseObject({ evaluations_semantic: Semantic.default('execute_all') }).optional(),
})

const Decision = z.object({ decision: z.boolean(), context: z.record(z.string(), z.unknown()).optional() })
const Decisions = z.union([z.object({ evaluations: z.array(Decision) }), Decision])

const MOST_RESULTS = 1_000
const Page = z
  .object({ token: z.string().max(500).optional(), limit: z.number().int().min(0).optional(), properties: Properties })
  .optional()
const SubjectSearch = z.object({ subject: Open, action: Action, resource: Resource, context: Context, page: Page })
const ResourceSearch = z.object({ subject: Subject, action: Action, resource: Open, context: Context, page: Page })
const ActionSearch = z.object({ subject: Subject, resource: Resource, context: Context, page: Page })
const PageTold = z.object({ next_token: z.string(), count: z.number().int(), total: z.number().int() })
const Entities = z.object({ page: PageTold, results: z.array(z.object({ type: z.string(), id: z.string() })) })
const Actions = z.object({ page: PageTold, results: z.array(z.object({ name: z.string() })) })

const Metadata = z.object({
  policy_decision_point: z.string(),
  access_evaluation_endpoint: z.string(),
  access_evaluations_endpoint: z.string(),
  search_subject_endpoint: z.string(),
  search_resource_endpoint: z.string(),
  search_action_endpoint: z.string(),
})

const UNTIL = { execute_all: undefined, deny_on_first_deny: false, permit_on_first_permit: true } as const
const invalid = (path: string, says: string): ReeveError =>
  new ReeveError('http/invalid', `the request is not as described: ${path}: ${says}`, {
    fields: { fields: [{ path, says }] },
  })

async function evaluateAll(app: Serving, body: z.output<typeof Evaluations>) {
  const { evaluations = [], options, ...defaults } = body
  if (evaluations.length === 0) {
    const single = Evaluation.safeParse(defaults)
    if (!single.success)
      throw invalid(`body.${single.error.issues[0]!.path.join('.')}`, single.error.issues[0]!.message)
    const [decided] = await app.access.ask('evaluate', { evaluations: [single.data] }, momentOf(app))
    return decided!
  }
  const each = evaluations.map((one) => {
    const read = Evaluation.safeParse({ ...defaults, ...one })
    const [issue] = read.error?.issues ?? []
    return read.success ? read.data : { error: `${issue!.path.join('.')}: ${issue!.message}` }
  })
  const semantic = options?.evaluations_semantic ?? 'execute_all'
  return { evaluations: await app.access.ask('evaluate', { evaluations: each, until: UNTIL[semantic] }, momentOf(app)) }
}

/** A page of what a search finds. The token holds the place and what was asked: another question cannot go on with it. */
async function found<One extends Found>(app: Serving, search: SearchFor, page: z.output<typeof Page> = {}) {
  const asked = createHash('sha256').update(JSON.stringify(search)).digest('base64url').slice(0, 16)
  const from = page.token ? placeOf(page.token, asked, page.limit) : { offset: 0, limit: page.limit ?? MOST_RESULTS }
  const all = (await app.access.ask('search', search, momentOf(app))) as One[]
  const results = all.slice(from.offset, from.offset + Math.min(from.limit, MOST_RESULTS))
  const end = from.offset + results.length
  return {
    page: {
      next_token: end < all.length ? tokenOf({ offset: end, limit: from.limit || MOST_RESULTS, asked }) : '',
      count: results.length,
      total: all.length,
    },
    results,
  }
}

const Place = z.object({ offset: z.number().int().min(0), limit: z.number().int().min(0), asked: z.string() })
const tokenOf = (place: z.input<typeof Place>): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function placeOf(token: string, asked: string, limit: number | undefined): { offset: number; limit: number } {
  const says = 'it is none of ours, or of another question'
  try {
    const place = Place.parse(JSON.parse(Buffer.from(token, 'base64url').toString()))
    if (place.asked === asked && (limit === undefined || limit === place.limit)) return place
  } catch {
    throw invalid('body.page.token', says)
  }
  throw invalid('body.page.token', says)
}

/** Where the caller reached us: hosts other than ours were refused before. */
const baseOf = (app: Serving, request: FastifyRequest): string =>
  `${app.secure ? 'https' : 'http'}://${request.headers.host ?? `${app.host}:${app.port}`}`

export const authzenRoutes = [
  route({
    method: 'GET',
    path: '/.well-known/authzen-configuration',
    can: 'anyone',
    says: 'Where the decision point of AuthZEN answers.',
    answers: Metadata,
    handle: ({ app, reply }) => {
      const base = baseOf(app, reply.request)
      return {
        policy_decision_point: base,
        access_evaluation_endpoint: `${base}/access/v1/evaluation`,
        access_evaluations_endpoint: `${base}/access/v1/evaluations`,
        search_subject_endpoint: `${base}/access/v1/search/subject`,
        search_resource_endpoint: `${base}/access/v1/search/resource`,
        search_action_endpoint: `${base}/access/v1/search/action`,
      }
    },
  }),
  route({
    method: 'POST',
    path: '/access/v1/evaluation',
    can: 'see',
    says: 'AuthZEN: may this subject do this on this resource? What depends on something not told is no, with the reason.',
    body: Evaluation,
    answers: Decision,
    dialect: 'authzen',
    handle: async ({ app, body }) => (await app.access.ask('evaluate', { evaluations: [body] }, momentOf(app)))[0]!,
  }),
  route({
    method: 'POST',
    path: '/access/v1/evaluations',
    can: 'see',
    says: 'AuthZEN: several evaluations at once, with defaults; all of them, until the first denial, or until the first permission.',
    body: Evaluations,
    answers: Decisions,
    dialect: 'authzen',
    handle: ({ app, body }) => evaluateAll(app, body),
  }),
  route({
    method: 'POST',
    path: '/access/v1/search/subject',
    can: 'see',
    says: 'AuthZEN: the subjects of a type that surely may.',
    body: SubjectSearch,
    answers: Entities,
    dialect: 'authzen',
    handle: ({ app, body: { page, ...asked } }) =>
      found<{ type: string; id: string }>(app, { of: 'subject', asked }, page),
  }),
  route({
    method: 'POST',
    path: '/access/v1/search/resource',
    can: 'see',
    says: 'AuthZEN: the resources of a type on which a subject surely may.',
    body: ResourceSearch,
    answers: Entities,
    dialect: 'authzen',
    handle: ({ app, body: { page, ...asked } }) =>
      found<{ type: string; id: string }>(app, { of: 'resource', asked }, page),
  }),
  route({
    method: 'POST',
    path: '/access/v1/search/action',
    can: 'see',
    says: 'AuthZEN: the actions that a subject surely may do on a resource.',
    body: ActionSearch,
    answers: Actions,
    dialect: 'authzen',
    handle: ({ app, body: { page, ...asked } }) => found<{ name: string }>(app, { of: 'action', asked }, page),
  }),
]
