import { type RawBuilder, sql } from 'kysely'
import { ReeveError } from '../sdk/index.ts'
import { concerning } from './concerning.ts'
import { isLost, lostBy, lostGrant, lostReason } from './ledger-lost.ts'
import { type Field, type Match, parseQuery, type Query, type Term } from './query.ts'

/** What finding queries may ask. */
export const findingFields: readonly Field[] = [
  { name: 'severity', as: 'word' },
  { name: 'state', as: 'word' },
  { name: 'rule', as: 'word' },
  { name: 'owasp', as: 'word' },
  { name: 'verdict', as: 'word' },
  { name: 'type', as: 'word' },
  { name: 'kind', as: 'word' },
  { name: 'source', also: ['connection'], as: 'word' },
  {
    name: 'env',
    also: ['environment'],
    as: 'word',
    short: { prod: 'production', dev: 'development', stage: 'staging' },
  },
  { name: 'owner', as: 'word' },
  { name: 'answers', as: 'word' },
  { name: 'subject', also: ['identity'], as: 'word' },
  { name: 'detector', as: 'word' },
  { name: 'provider', as: 'word' },
  { name: 'live', as: 'word' },
  { name: 'fix', as: 'text' },
  { name: 'lost', as: 'word' },
  { name: 'cause', as: 'word' },
  { name: 'grant', as: 'word' },
  { name: 'opened', as: 'time' },
  { name: 'closed', as: 'time' },
]

type Condition = RawBuilder<unknown>

/** A query over `assess.finding f` with `graph.node n` as its subject. Without `state:` it means what is open and failed. */
export function findingsWhere(
  text: string,
  now: Date,
  { unknownToo = false } = {},
): { query: Query; where: Condition; states: boolean } {
  const query = parseQuery(text, findingFields)
  const conditions: Condition[] = []
  for (const [name, terms] of Map.groupBy(query.terms, (term) => term.field?.name ?? null)) {
    for (const term of terms.filter((one) => one.not || name === null)) conditions.push(conditionOf(term, now))
    const is = terms.filter((one) => !one.not && name !== null)
    if (is.length > 0)
      conditions.push(
        sql`(${sql.join(
          is.map((term) => conditionOf(term, now)),
          sql` or `,
        )})`,
      )
  }
  const named = (name: string) => query.terms.some((term) => term.field?.name === name)
  if (!named('state')) conditions.push(sql`f.state = 'open'`)
  if (!named('verdict') && !unknownToo) conditions.push(sql`f.verdict = 'fail'`)
  return { query, states: named('state'), where: sql.join(conditions, sql` and `) }
}

function conditionOf(term: Term, now: Date): Condition {
  const condition = sql`coalesce((${term.field === null ? containing(term.match) : fieldCondition(term.field.name, term.match, now)}), false)`
  return term.not ? sql`not ${condition}` : condition
}

const containing = (match: Match): Condition => {
  const word = 'contains' in match ? match.contains : ''
  return sql`position(${word} in lower(concat_ws(E'\n', f.id, f.says, f.title, f.subject, n.name, f.key_id, f.redacted))) > 0`
}

const COLUMNS: Readonly<Record<string, Condition>> = {
  severity: sql`f.severity`,
  state: sql`f.state`,
  rule: sql`f.rule`,
  verdict: sql`f.verdict`,
  type: sql`n.type`,
  kind: sql`n.kind`,
  env: sql`n.environment`,
  subject: sql`lower(f.subject)`,
  detector: sql`f.detector`,
  provider: sql`f.provider`,
  live: sql`f.live`,
  cause: sql`lower(${lostReason})`,
  grant: sql`lower(${lostGrant})`,
}
const LISTS: Readonly<Record<string, Condition>> = {
  owasp: sql`coalesce((select array_agg(lower(o)) from unnest(f.owasp) o), '{}')`,
  source: sql`n.connections`,
  owner: sql`coalesce((select array_agg(w) from graph.key ok left join graph.node o using (id), unnest(array[lower(ok.key), lower(o.name)]) w where ok.id = any(n.owners)), '{}')`,
}

function fieldCondition(name: string, match: Match, now: Date): Condition {
  // What failed before and cannot be judged now is not known either.
  const asked = 'is' in match ? match.is : 'special' in match ? match.special : ''
  if (name === 'verdict' && asked === 'unknown') return isLost
  if (name === 'lost' && 'is' in match) return lostBy(match.is)
  if (name === 'answers') {
    if ('is' in match) return sql`n.id in (${concerning([match.is])})`
    throw new ReeveError(
      'query/value',
      '`answers:` finds what somebody answers for and what proves it: give their key, such as `answers:person:mara@example.org`',
    )
  }
  const column = COLUMNS[name]
  if (column) {
    if ('is' in match)
      return name === 'type'
        ? sql`${column} = ${match.is} or ${column} like ${`%\\_${literally(match.is)}`}`
        : sql`${column} = ${match.is}`
    if ('begins' in match) return sql`starts_with(${column}, ${match.begins})`
    if ('special' in match && match.special === 'any') return sql`${column} is not null`
    return 'special' in match && match.special === 'unknown'
      ? sql`${column} is null or ${column} = 'unknown'`
      : sql`${column} is null`
  }
  const list = LISTS[name]
  if (list) {
    if ('is' in match)
      return name === 'source'
        ? someOf(list, match.is, '-')
        : name === 'owner'
          ? someOf(list, match.is, ' ')
          : sql`${match.is} = any(${list})`
    if ('begins' in match) return sql`exists (select from unnest(${list}) x where starts_with(x, ${match.begins}))`
    const empty = sql`coalesce(cardinality(${list}), 0) = 0`
    return 'special' in match && match.special === 'any' ? sql`not ${empty}` : empty
  }
  if (name === 'fix')
    return sql`position(${'contains' in match ? match.contains : ''} in lower(array_to_string(f.fix, E'\n'))) > 0`
  const at = name === 'closed' ? sql`f.resolved_at` : sql`f.opened_at`
  if (!('from' in match))
    return 'special' in match && match.special === 'any' ? sql`${at} is not null` : sql`${at} is null`
  const value = match.ago ? sql`${now}::timestamptz - ${at}` : null
  const since = (milliseconds: number) => sql`make_interval(secs => ${milliseconds / 1000})`
  const bounds: Condition[] = [sql`${at} is not null`]
  if (Number.isFinite(match.from))
    bounds.push(value ? sql`${value} >= ${since(match.from)}` : sql`${at} >= ${new Date(match.from)}`)
  if (Number.isFinite(match.to))
    bounds.push(value ? sql`${value} < ${since(match.to)}` : sql`${at} < ${new Date(match.to)}`)
  return sql.join(bounds, sql` and `)
}

const someOf = (list: Condition, word: string, separator: string): Condition =>
  sql`exists (select from unnest(${list}) x where lower(x) = ${word} or starts_with(lower(x), ${word + separator}) or starts_with(lower(x), ${`person:${word}`}))`

const literally = (text: string): string => text.replaceAll(/[%_\\]/g, '\\$&')
