import { z } from 'zod'
import { score } from '../assess/index.ts'
import { createConnection, isOutside, listConnections, listGrants, requestSync } from '../discover/index.ts'
import {
  FirstRun,
  Frame,
  foundBy,
  mineOf,
  Overview,
  progressOf,
  readFrame,
  readOverview,
  readThings,
} from '../read/index.ts'
import { type Provider, ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { peopleOf } from './owners-caller.ts'
import { AsOfQuery } from './parameters.ts'
import { route } from './route.ts'

/** Settings with which a provider reads where we stand, without asking anybody. */
const nearby = async (app: Serving, provider: Provider): Promise<unknown> =>
  (app.folder === undefined ? null : await provider.nearby?.({ folder: app.folder })) ??
  (await provider.nearby?.({ host: true })) ??
  null

export const screenRoutes = [
  route({
    method: 'GET',
    path: '/v1/frame',
    can: 'see',
    says: 'What stands around every page: who asks, how much is seen, what waits.',
    query: AsOfQuery,
    answers: Frame,
    async handle({ app, caller }) {
      const frame = await readFrame(app.db, await app.rolls.current(), app.clock.now())
      const demo = (await app.demo?.state()) ?? null
      const [person] = app.asOf ? [] : await peopleOf(app.db, caller)
      const { id, name, role } = caller
      return { ...frame, demo, user: { id, name, role, person: person?.key ?? null }, version: app.version }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/overview',
    can: 'see',
    says: 'Five things to know, and the estate in numbers that equal their rows; for the role owner of what they answer for alone.',
    query: AsOfQuery,
    answers: Overview,
    async handle({ app, caller }) {
      const at = { db: app.db, roll: await app.rolls.current(), now: app.clock.now(), weigh: score }
      return readOverview(at, caller.role === 'owner' ? mineOf(await peopleOf(app.db, caller)) : null)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/first-run',
    can: 'see',
    says: 'What is being read, how complete each source is, and what could be read next.',
    answers: FirstRun,
    async handle({ app }) {
      const roll = await app.rolls.current()
      const [sources, things, connections, near] = await Promise.all([
        progressOf(app.db, { roll }),
        readThings(app.db),
        listConnections(app.db),
        readableHere(app),
      ])
      const connected = new Set(connections.map(({ provider }) => provider))
      const outside = app.discovery.providers.filter((provider) => isOutside(provider))
      const shown = new Set(outside.map(({ id }) => id))
      const reading = sources.filter(({ provider }) => shown.has(provider))
      const offers = outside
        .filter(({ invented }) => !invented)
        .map((provider) => ({
          provider: provider.id,
          title: provider.title,
          summary: provider.summary,
          ready: near.has(provider) && !connected.has(provider.id),
          needs: [...new Set((provider.collections ?? []).flatMap(({ needs }) => needs))],
        }))
      return {
        ...foundBy(reading, roll, app.clock.now()),
        sources: reading,
        offers: offers.sort((a, b) => Number(b.ready) - Number(a.ready)),
        writePermissions: (await listGrants(app.db)).length,
        things,
      }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/first-run/read',
    can: 'administer',
    says: 'Reads where Reeve stands, this host or this repository, with no settings.',
    body: z.strictObject({ provider: z.string().max(100) }),
    answers: z.object({ connection: z.string(), run: z.string() }),
    status: 202,
    async handle({ app, caller, body }) {
      const provider = app.discovery.providers.find(({ id }) => id === body.provider)
      const settings = provider && (await nearby(app, provider))
      if (!provider || !settings)
        throw new ReeveError('discover/no-provider', `${body.provider} cannot be read without settings: connect it`)
      const known = (await listConnections(app.db)).find(
        (connection) => connection.provider === body.provider && connection.label === provider.label(settings),
      )
      const connection =
        known ??
        (await createConnection(app.discovery, { provider: provider.id, settings: settings as never }, caller.actor))
      return { connection: connection.id, run: String(await requestSync(app.discovery, connection.id, caller.actor)) }
    },
  }),
]

async function readableHere(app: Serving): Promise<Set<Provider>> {
  const here = await Promise.all(app.discovery.providers.map((provider) => nearby(app, provider).catch(() => null)))
  return new Set(app.discovery.providers.filter((_, index) => here[index] !== null))
}
