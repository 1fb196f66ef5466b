import { parseDocument } from 'yaml'
import { z } from 'zod'
import {
  type Entity,
  fail,
  Kind,
  type Known,
  type Neighbour,
  type Outcome,
  Owasp,
  pass,
  ReeveError,
  type Rule,
  Severity,
  type Step,
  unknown,
  Verb,
} from '../../sdk/index.ts'
import { nameOf, whyUnknown } from '../rules/standing.ts'
import { celValue, compileExpression, type Expression, type Variables } from './expression.ts'

const MOST_BYTES = 64 * 1024
const RESERVED = ['entity', 'now']

const step = z
  .string()
  .refine(
    (text): text is Step => /^[<>]/.test(text) && Verb.safeParse(text.slice(1)).success,
    'a step is > or < and a verb, such as >has or <owns',
  )
const sentence = z.string().trim().min(1).max(1_000)

/** A rule as an installation writes it, in YAML or JSON. It fails where `when` is true. */
export const UserRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words with hyphens')
    .max(80),
  title: sentence,
  owasp: z.array(Owasp).min(1),
  severity: Severity,
  about: z.strictObject({ kind: Kind, types: z.array(z.string().max(200)).max(100).optional() }),
  along: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), z.array(step).min(1).max(4)).optional(),
  /** CEL over `entity`, `now` and the names of `along`. */
  when: z.string().trim().min(1),
  why: sentence,
  fix: z.union([sentence.transform((one) => [one]), z.array(sentence).min(1).max(20)]),
  undo: sentence.default('Undo what the fix changed.'),
  effort: z.number().int().positive().max(10_000).default(15),
  needs: z.array(z.string().max(200)).max(20).optional(),
})
export type UserRule = z.infer<typeof UserRule>

/** Reads a rule and makes it one that can be asked like any other. Throws `assess/user-rule` or `assess/expression` with the position. */
export function parseUserRule(source: string): { rule: Rule; expression: string } {
  const given = checked(read(source))
  const names: Record<string, 'map' | 'list' | 'timestamp'> = { entity: 'map', now: 'timestamp' }
  for (const name of Object.keys(given.along ?? {})) {
    if (RESERVED.includes(name))
      throw new ReeveError('assess/user-rule', `reading rule ${given.id}: along: ${name} is taken`)
    names[name] = 'list'
  }
  const when = compileExpression(given.when, names)
  const { id, title, owasp, severity, about, along, why, fix, undo, effort, needs } = given
  const rule: Rule = {
    id,
    title,
    owasp,
    severity,
    about,
    why,
    fix,
    undo,
    effort,
    ...(along && { along: along as Record<string, Step[]> }),
    ...(needs && { needs }),
    check: ({ entity, along: ends }, { now }) => outcomeOf(given, when, entity, ends, now),
    cases: [],
  }
  return { rule, expression: given.when }
}

function outcomeOf(
  rule: UserRule,
  when: Expression,
  entity: Entity,
  along: Readonly<Record<string, readonly Neighbour[]>>,
  now: Date,
): Outcome {
  const variables: Variables = { entity: seen(entity), now }
  for (const [name, ends] of Object.entries(along)) {
    variables[name] = ends.map(({ key, entity: end, edge }) => ({
      ...(end ? seen(end) : { key, name: key, attributes: {} }),
      edge: celValue(edge.attributes ?? {}),
    }))
  }
  const answer = when.ask(variables)
  if ('failed' in answer) return unknown(answer.failed)
  if ('missing' in answer) return lacking(answer.missing, entity)
  if (!answer.value) return pass
  return fail(`${nameOf(entity)}: ${rule.title}`, [`For ${entity.key} this holds: ${rule.when.slice(0, 500)}`])
}

/** A name that the expression asks for and the source did not give is not known, and never passes. */
function lacking(name: string, entity: Entity): Outcome {
  const { reason, permission } =
    entity.unknowns?.[name] ?? whyUnknown(name, (entity as Record<string, unknown>)[name] as Known<unknown> | undefined)
  return unknown(reason, permission)
}

/** An entity as expressions see it: what is known is there, what is not is absent. */
function seen(entity: Entity): Record<string, unknown> {
  const { kind, type, key, name, environment, sensitivity, tier, method, aliases = [], attributes } = entity
  const shown: Record<string, unknown> = { kind, type, key, name, aliases, attributes: celValue(attributes) }
  for (const [word, value] of Object.entries({ environment, sensitivity, method }))
    if (value !== undefined) shown[word] = value
  if (tier !== undefined) shown['tier'] = BigInt(tier)
  for (const [word, known] of Object.entries({
    created: entity.created,
    expires: entity.expires,
    lastUsed: entity.lastUsed,
  })) {
    if (known && 'value' in known) shown[word] = new Date(known.value)
  }
  return shown
}

function read(source: string): unknown {
  if (Buffer.byteLength(source) > MOST_BYTES)
    throw new ReeveError('assess/user-rule', `reading a rule: it is larger than ${MOST_BYTES / 1024} KiB`)
  const document = parseDocument(source, { prettyErrors: true, uniqueKeys: true })
  const [error] = document.errors
  if (error) {
    const { line = 1, col: column = 1 } = error.linePos?.[0] ?? {}
    throw new ReeveError(
      'assess/user-rule',
      `reading a rule at line ${line}, column ${column}: ${error.message.split('\n')[0]!.replace(/ at line.*$/, '')}`,
      { fields: { line, column } },
    )
  }
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw new ReeveError('assess/user-rule', 'reading a rule: aliases are not allowed')
  }
}

function checked(given: unknown): UserRule {
  const parsed = UserRule.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ReeveError(
    'assess/user-rule',
    `reading a rule: ${issue!.path.join('.') || 'the whole'}: ${issue!.message}`,
    { fields: { path: issue!.path.join('.') } },
  )
}
