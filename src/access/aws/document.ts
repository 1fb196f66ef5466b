import { messageOf } from '../../sdk/index.ts'
import type { Test } from '../condition.ts'
import type { Patterns, Policy, Statement, Who } from '../model.ts'

/** A policy document, or why it cannot be read. */
export type Read = { policy: Policy } | { unreadable: string }

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a policy document as an object, as JSON in a string, or as the URL-encoded JSON of the bare API. `whoOf` reads the principals of
 * a resource's policy; a document without them speaks of whoever holds it.
 */
export function readDocument(
  name: string,
  document: unknown,
  whoOf?: (principal: unknown, turned: boolean) => Who,
): Read {
  try {
    const parsed = typeof document === 'string' ? parseText(document) : document
    if (!isFields(parsed)) return { unreadable: `${name}: it is not a policy document` }
    const list = Array.isArray(parsed['Statement']) ? parsed['Statement'] : [parsed['Statement']]
    return { policy: { name, statements: list.map((one, at) => readStatement(name, one, at, whoOf)) } }
  } catch (error) {
    return { unreadable: `${name}: ${messageOf(error)}` }
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text.trimStart().startsWith('%7B') ? decodeURIComponent(text) : text)
  } catch {
    throw new Error('its document is not JSON')
  }
}

function readStatement(
  name: string,
  given: unknown,
  at: number,
  whoOf?: (principal: unknown, turned: boolean) => Who,
): Statement {
  const place = `statement ${at + 1}`
  if (!isFields(given)) throw new Error(`${place} is not an object`)
  const { Effect: effect, Sid: sid } = given
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`${place} has no Effect of Allow or Deny`)
  const actions = patternsOf(given, 'Action', place)
  const resources = patternsOf(given, 'Resource', place)
  if (actions === undefined) throw new Error(`${place} has no Action`)
  return {
    effect: effect === 'Allow' ? 'allow' : 'deny',
    actions,
    resources: resources ?? { not: false, patterns: ['*'] },
    condition: readCondition(given['Condition'], place),
    ...(whoOf && {
      who: 'NotPrincipal' in given ? whoOf(given['NotPrincipal'], true) : whoOf(given['Principal'], false),
    }),
    from: `${name}, ${place}${typeof sid === 'string' && sid !== '' ? ` (${sid})` : ''}`,
  }
}

function patternsOf(given: Fields, field: 'Action' | 'Resource', place: string): Patterns | undefined {
  const not = `Not${field}` in given
  const value = given[not ? `Not${field}` : field]
  if (value === undefined) return undefined
  return { not, patterns: texts(value, `${place}: ${field}`) }
}

const inOrder = (fields: Fields): [string, unknown][] =>
  Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))

const texts = (value: unknown, place: string): string[] =>
  (Array.isArray(value) ? value : [value]).map((one) => {
    if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') return String(one)
    throw new Error(`${place} holds something that is not text`)
  })

function readCondition(given: unknown, place: string): Test[] {
  if (given === undefined || given === null) return []
  if (!isFields(given)) throw new Error(`${place}: its Condition is not an object`)
  // Stores of JSON keep no order of names, so there is one of ours: the same document is explained in the same words.
  return inOrder(given).flatMap(([word, keys]) => {
    if (!isFields(keys)) throw new Error(`${place}: ${word} is not an object`)
    const [, over, name = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/i.exec(word.toLowerCase()) ?? []
    const ifExists = name.endsWith('ifexists')
    return inOrder(keys).map(
      ([key, values]): Test => ({
        operator: ifExists ? name.slice(0, -'ifexists'.length) : name,
        over: over === 'forallvalues' ? 'all' : over === 'foranyvalue' ? 'any' : undefined,
        ifExists,
        key: key.toLowerCase(),
        values: texts(values, `${place}: ${word} ${key}`),
        written: { operator: word, key },
      }),
    )
  })
}
