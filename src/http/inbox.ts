import { z } from 'zod'
import { certify, findPerson } from '../act/index.ts'
import { Answered, Inbox, readInbox, readInboxItem } from '../read/index.ts'
import type { JsonValue } from '../sdk/index.ts'
import { Key, ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { type Caller, personOf } from './may.ts'
import { placeOf } from './owners.ts'
import { demandPerson, peopleOf } from './owners-caller.ts'
import { readSelfAgain } from './ownership.ts'
import { AsOf, Cursor, Limit } from './parameters.ts'
import { route } from './route.ts'

const isOperator = ({ role }: Caller): boolean => role === 'operator' || role === 'admin'

/** Whose inbox is meant: the caller's own, or for operators anybody's. */
async function askingFor(app: Serving, caller: Caller, person: string) {
  const own = await peopleOf(app.db, caller)
  if (person === 'me') return { keys: own.map(({ key }) => key), operator: isOperator(caller), self: true }
  const { key } = await findPerson(app.db, person, 'looking into an inbox')
  const self = own.some((one) => one.key === key)
  if (!self && !isOperator(caller))
    throw new ReeveError('access/role', 'the inbox of somebody else is seen by the roles operator and admin')
  return { keys: [key], operator: false, self }
}

export const inboxRoutes = [
  route({
    method: 'GET',
    path: '/v1/inbox',
    can: 'answer',
    says: 'What waits for an owner, most urgent first, each with what is needed to answer within two minutes.',
    query: z.object({
      person: z
        .string()
        .min(1)
        .max(500)
        .default('me')
        .meta({ description: '`me`, or for operators a key, an address or a name' }),
      cursor: Cursor,
      limit: Limit.pipe(z.number().max(100)).default(20),
      'as-of': AsOf,
    }),
    answers: Inbox,
    handle: async ({ app, caller, query: { person, cursor, limit } }) =>
      readInbox(app, await app.rolls.current(), await askingFor(app, caller, person), { from: placeOf(cursor), limit }),
  }),
  route({
    method: 'POST',
    path: '/v1/inbox/answers',
    can: 'answer',
    says: 'Records what an owner says of a thing: mine and still needed, not mine, or needed no longer. The record is never changed.',
    body: z.strictObject({
      entity: Key,
      answer: z.enum(['mine', 'not-mine', 'not-needed']),
      to: z
        .string()
        .trim()
        .min(1)
        .max(500)
        .optional()
        .meta({ description: 'of `not-mine`: whose it is; a person or `team:<id>`' }),
      note: z.string().trim().max(2_000).optional(),
      person: z.string().trim().min(1).max(500).optional().meta({ description: 'for operators: who said so' }),
    }),
    answers: Answered,
    async handle({ app, caller, body: { entity, person, ...given } }) {
      const asking = await askingFor(app, caller, person ?? 'me')
      const who =
        person === undefined ? await demandPerson(app.db, caller) : await findPerson(app.db, person, 'answering')
      const shown = await shownOf(app, asking, entity)
      const by = personOf(caller)
      const done = await app.db
        .transaction()
        .execute((tx) => certify(tx, { entity, person: who, ...given, by, now: app.clock.now(), shown }))
      await readSelfAgain(app, by)
      const next = await readInbox(app, await app.rolls.current(), asking, { from: 0, limit: 1 })
      return {
        undo: `b${done.batch}`,
        certification: String(done.certification),
        next: next.items[0] ?? null,
        left: next.left,
      }
    },
  }),
]

/** What the inbox shows of the thing: it is kept with the answer. */
async function shownOf(
  app: Serving,
  asking: Awaited<ReturnType<typeof askingFor>>,
  entity: string,
): Promise<Record<string, JsonValue>> {
  const item = await readInboxItem(app, await app.rolls.current(), asking, entity)
  return item ? (JSON.parse(JSON.stringify(item)) as Record<string, JsonValue>) : {}
}
