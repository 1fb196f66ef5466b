/** Single questions about a PostgreSQL server: who can do this, what can he do, and why. */
import { ReeveError } from '../../sdk/index.ts'
import { join } from '../answers.ts'
import { forEachBit, hasBit } from '../bits.ts'
import { type Answer, type Compiled, compile } from '../compile.ts'
import { type Decision, decide } from '../decide.ts'
import { plainText } from '../glob.ts'
import type { Verdict } from '../verdict.ts'
import { whoCan } from '../who-can.ts'
import type { PostgresEstate } from './estate.ts'
import { candidatesFor } from './objects.ts'

/** A role by its name. Throws `access/principal` for one that is not there. */
export function findRole({ indexOf }: PostgresEstate, named: string): number {
  const index = indexOf(named)
  if (index === undefined) throw new ReeveError('access/principal', `looking for ${named}: the files list no such role`)
  return index
}

/** An object by its name, `shop.public.orders` or `function:public.refund(n integer)`. Throws `access/object` when none or several have it. */
export function findObject({ objects, databases }: PostgresEstate, named: string): string {
  if (named.startsWith('column:')) return columnOf({ objects, databases }, named)
  const found = [
    ...new Set(
      candidatesFor(
        named,
        databases.map(({ name }) => name),
      ),
    ),
  ].filter((id) => objects.has(id))
  if (found.length === 1) return found[0]!
  throw new ReeveError(
    'access/object',
    found.length === 0
      ? `looking for ${named}: the files list no such object; write it as table:public.orders, function:public.refund(n integer), schema:public, role:reader`
      : `looking for ${named}: it may be ${found.join(' or ')}; write one of them`,
  )
}

/** Columns without grants of their own are in no list; their table is. */
function columnOf(estate: Pick<PostgresEstate, 'objects' | 'databases'>, named: string): string {
  const path = named.slice('column:'.length)
  const ids = candidatesFor(
    named,
    estate.databases.map(({ name }) => name),
  )
  const found = ids.find((id) => estate.objects.has(id)) ?? ids.find((id) => estate.objects.has(tableOf(id)!))
  if (found) return found
  throw new ReeveError('access/object', `looking for the column ${path}: the files list no such table`)
}

/** The table of a column: the column has what the table has. */
const tableOf = (object: string): string | undefined =>
  object.startsWith('column:')
    ? `table:${object.slice('column:'.length).replace(/\.(?:"(?:[^"]|"")*"|[^."]*)$/s, '')}`
    : undefined

export interface Able {
  principal: string
  verdict: Exclude<Verdict, 'no'>
  dependsOn: string[]
}

/** Everybody to whom the server allows it. */
export function whoCanOn(compiled: Compiled, action: string, object: string): Answer {
  const table = tableOf(object)
  const own = whoCan(compiled, { action, resource: object })
  return table === undefined ? own : join(own, whoCan(compiled, { action, resource: table }))
}

/** Every role that can do this, and those for whom it depends on row security. `object` as `findObject` gives it. */
export function rolesThatCan(estate: PostgresEstate, action: string, object: string): Able[] {
  const { sure, possible } = whoCanOn(compile(estate.grants), action, object)
  const rows: Able[] = []
  forEachBit(possible, (index) => {
    if (index >= estate.roles.length) return
    const certain = hasBit(sure, index)
    rows.push({
      principal: estate.names[index]!,
      verdict: certain ? 'yes' : 'depends',
      dependsOn: certain ? [] : whyRole(estate, index, action, object).dependsOn,
    })
  })
  return rows
}

/** The statements that decide. Of a column, those of its table where they say more. */
export function whyRole({ grants }: PostgresEstate, role: number, action: string, object: string): Decision {
  const own = decide(grants, role, { action, resource: object })
  const table = tableOf(object)
  if (table === undefined || own.verdict === 'yes') return own
  const whole = decide(grants, role, { action, resource: table })
  return whole.verdict === 'no' ? own : whole
}

export interface Held {
  actions: string[]
  on: string[]
  from: string
  dependsOn: string[]
}

/** What a role can do, by the grants that give it; what is everywhere has a star. */
export function whatRoleCan({ grants }: PostgresEstate, role: number): Held[] {
  return grants.held
    .filter(({ holders }) => holders.includes(role))
    .flatMap(({ policy }) => policy.statements)
    .map(({ actions, resources, from, condition }) => ({
      actions: [...actions.patterns],
      on: resources.patterns.map(plainText),
      from,
      dependsOn: condition.map(({ written }) => `${written.operator} ${written.key}`),
    }))
}
