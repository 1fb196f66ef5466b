/** What ends, for calendars and spreadsheets. A calendar signs in with its address alone: it is as secret as a token. */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { sql } from 'kysely'
import { z } from 'zod'
import { addFeed, type CalendarEntry, calendarOf, line, listFeeds, openFeed, revokeFeed } from '../alert/index.ts'
import type { Clock } from '../platform/index.ts'
import { type Ending, eachEnding, FeedRow, firstSeen } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { activeAccount } from './accounts.ts'
import { alertsOf } from './alerts.ts'
import type { Serving } from './app.ts'
import { LOCAL, refusalOf } from './may.ts'
import { AsOfQuery, Id } from './parameters.ts'
import { route } from './route.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
/** Days shown before and after now, and how many ends at most. */
const BEFORE = 30
const AHEAD = 400
const MOST = 5_000

/** How often something was asked in the last while, by name; forgotten when too many names come. */
function limiter(most: number, window: number, says: string) {
  const seen = new Map<string, { count: number; since: number }>()
  return (name: string, now: number, by = 1): void => {
    let one = seen.get(name)
    if (!one || now - one.since >= window) {
      if (seen.size >= 10_000) seen.clear()
      one = { count: 0, since: now }
      seen.set(name, one)
    }
    if (one.count >= most) {
      const after = Math.ceil((one.since + window - now) / 1000)
      throw new ReeveError('http/too-often', `${says}; ask again in ${Math.ceil(after / 60)} minutes`, {
        fields: { after },
      })
    }
    one.count += by
  }
}
const readings = limiter(60, HOUR, 'this calendar was read 60 times within the hour')
const guesses = limiter(20, HOUR / 4, 'too many calendar addresses that open nothing')

/** Whose calendar it is, while the account may still see. */
async function readerOf(app: Serving, token: string, from: string): Promise<{ mine: boolean; email: string | null }> {
  const now = app.clock.now().getTime()
  guesses(from, now, 0)
  const feed = await openFeed(app, token)
  const account = feed && (await activeAccount(app.db, feed.account))
  if (!feed || !account || refusalOf('see', { role: account.role, scopes: null }) !== null) {
    guesses(from, now)
    throw new ReeveError(
      'session/feed',
      'this calendar address opens nothing: it was ended, or its person may not sign in any more',
    )
  }
  readings(feed.id, now)
  return { mine: feed.mine, email: await emailOf(app, feed.account) }
}

async function emailOf({ db }: Serving, account: string): Promise<string | null> {
  const { rows } = await sql<{ email: string | null }>`select email from http.account where id = ${account}`.execute(db)
  return rows[0]?.email ?? null
}

const answers = (ending: Ending): string =>
  ending.owner ? `${line(ending.owner.name, 120)} answers for it.` : 'Nobody answers for it.'

async function entriesOf(
  app: Serving & { clock: Clock },
  { mine, email }: { mine: boolean; email: string | null },
): Promise<{ entries: CalendarEntry[]; capped: boolean }> {
  const now = app.clock.now().getTime()
  const link = app.alerts?.link ?? null
  const found: Ending[] = []
  const within = { from: now - BEFORE * DAY, until: now + AHEAD * DAY }
  for await (const endings of eachEnding(app.db, await app.rolls.current(), app.clock.now(), within)) {
    for (const one of endings) if (!mine || one.owner?.key === `person:${email?.toLowerCase()}`) found.push(one)
    if (found.length > MOST) break
  }
  const seen = await firstSeen(
    app.db,
    found.map(({ key }) => key),
  )
  return {
    capped: found.length > MOST,
    entries: found.slice(0, MOST).map((one) => ({
      key: one.key,
      ends: new Date(one.ends),
      seen: seen.get(one.key) ?? new Date(one.ends),
      summary: `${line(one.name, 120)} ends`,
      description: [
        line(one.key, 500),
        ...(one.proves
          ? [`It proves ${line(one.proves.name, 120)}${one.more > 0 ? ` and ${one.more} more` : ''}.`]
          : []),
        answers(one),
        'Nothing is known to renew it.',
      ].join('\n'),
      link: link === null ? null : `${link}/identities/${encodeURIComponent(one.key)}`,
    })),
  }
}

const CSV = ['ends', 'key', 'kind', 'type', 'name', 'verdict', 'proves', 'accountable', 'suggestedOwner'] as const

export const feedRoutes = [
  route({
    method: 'GET',
    path: '/v1/expiry.ics',
    can: 'anyone',
    says: 'What ends from 30 days ago to 400 days ahead, as a calendar (RFC 5545). The token of the address is its credential.',
    query: z.object({ token: z.string().max(100).default('') }),
    streams: 'text/calendar; charset=utf-8',
    async handle({ app, query, from }) {
      const reader = await readerOf(app, query.token, from)
      const { entries, capped } = await entriesOf(app, reader)
      return calendarOf({
        name: reader.mine ? 'Reeve: what ends of mine' : 'Reeve: what ends',
        says: `What ends and is not known to renew itself${capped ? `; the first ${MOST}, there are more` : ''}`,
        entries,
      })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/expiry.csv',
    can: 'see',
    says: 'Everything with an end date that is not known to renew itself, as CSV in order of that date; formulas escaped.',
    query: AsOfQuery,
    streams: 'text/csv; charset=utf-8',
    async handle({ app, reply }) {
      reply.header('content-disposition', 'attachment; filename="expiry.csv"')
      const now = app.clock.now()
      const roll = await app.rolls.current()
      const lines = async function* () {
        for await (const endings of eachEnding(app.db, roll, now)) {
          for (const one of endings)
            yield [
              one.ends,
              one.key,
              one.kind,
              one.type,
              one.name,
              one.mark,
              one.proves?.key ?? '',
              one.owner?.name ?? '',
              one.suggested?.name ?? '',
            ]
        }
      }
      return Readable.from(lines()).compose(
        stringify({ header: true, columns: [...CSV], escape_formulas: true }),
      ) as Readable
    },
  }),
  route({
    method: 'GET',
    path: '/v1/expiry/feeds',
    can: 'own',
    says: 'The caller’s calendar addresses; never the addresses themselves.',
    answers: z.object({ rows: z.array(FeedRow) }),
    handle: async ({ app, caller }) => ({ rows: await listFeeds(app.db, caller.id) }),
  }),
  route({
    method: 'POST',
    path: '/v1/expiry/feeds',
    can: 'own',
    says: 'Makes a secret address for a calendar. It is in this answer and nowhere else.',
    body: z.strictObject({ name: z.string().trim().min(1).max(200), mine: z.boolean().default(false) }),
    answers: z.object({ id: z.string(), path: z.string(), url: z.string().nullable() }),
    status: 201,
    async handle({ app, caller, body }) {
      if (caller.id === LOCAL)
        throw new ReeveError(
          'alert/no-account',
          'making a calendar address: it belongs to a person; sign in in the console and subscribe there',
        )
      if (body.mine && (await emailOf(app, caller.id)) === null)
        throw new ReeveError(
          'alert/no-email',
          'making a calendar of what is yours: your account has no e-mail address by which owners are known',
        )
      const { id, token } = await addFeed(app, { account: caller.id, actor: caller.actor, ...body })
      const path = `/v1/expiry.ics?token=${token}`
      const { link } = alertsOf(app)
      return { id, path, url: link === null ? null : link + path }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/expiry/feeds/{id}',
    can: 'own',
    says: 'Ends a calendar address at once.',
    params: Id,
    handle: ({ app, caller, params }) => revokeFeed(app, { id: params.id, account: caller.id, actor: caller.actor }),
  }),
]
