import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Entity, Verb } from '../sdk/index.ts'
import type { Change } from './card.ts'
import { actorName, iso, refOr, refsOf } from './refs.ts'

const MOST = 100
type Body = Omit<Entity, 'key'>

/** What became of an entity, newest first: what its sources said, who was named, what was found. */
export async function changesOf(db: Db, id: number, key: string): Promise<Change[]> {
  const [described, edges, findings, acts] = await Promise.all([
    sql<SourceColumns & { source_id: number; body: Body; valid_from: Date; valid_to: Date | null }>`
      select e.source_id, ${sourceColumns}, e.body, e.valid_from, e.valid_to from graph.entity e join graph.source s on s.id = e.source_id left join discover.connection c on c.id = s.connection
      where e.key_id = ${id} and s.connection <> 'self' order by e.valid_from desc limit ${sql.lit(MOST)}`.execute(db),
    sql<
      SourceColumns & {
        out: boolean
        verb: Verb
        attributes: Record<string, unknown> | null
        other: string
        at: Date
        appeared: boolean
        first: boolean
      }
    >`
      select x.* from (
        select e.from_id = ${id} as out, e.verb, e.attributes, k.key as other, e.valid_from as at, true as appeared, ${sourceColumns},
          e.valid_from = (select min(o.valid_from) from graph.entity o where o.key_id = ${id}) as first
        from graph.edge e join graph.source s on s.id = e.source_id left join discover.connection c on c.id = s.connection
          join graph.key k on k.id = case when e.from_id = ${id} then e.to_id else e.from_id end
        where (e.from_id = ${id} or e.to_id = ${id}) and e.verb <> 'called' and s.connection <> 'self'
        union all
        select e.from_id = ${id}, e.verb, e.attributes, k.key, e.valid_to, false, ${sourceColumns}, false
        from graph.edge e join graph.source s on s.id = e.source_id left join discover.connection c on c.id = s.connection
          join graph.key k on k.id = case when e.from_id = ${id} then e.to_id else e.from_id end
        where (e.from_id = ${id} or e.to_id = ${id}) and e.valid_to is not null and e.verb <> 'called' and s.connection <> 'self') x
      where not x.first order by x.at desc limit ${sql.lit(MOST)}`.execute(db),
    sql<{ at: Date; says: string; by: string | null }>`
      select v.at, case when v.what = 'opened' then f.says else v.says end as says, ${actorName(sql`v.by`)} as by from assess.event v join assess.finding f on f.id = v.finding
      where f.subject = ${key} and v.what <> 'changed' order by v.id desc limit ${sql.lit(MOST)}`.execute(db),
    sql<{
      at: Date
      action: string
      actor: string
      before: Record<string, unknown> | null
      after: Record<string, unknown> | null
    }>`
      select at, action, ${actorName(sql`a.actor`)} as actor, a.entry::jsonb->'before' as before, a.entry::jsonb->'after' as after from platform.audit a where subject = ${key} order by id desc limit ${sql.lit(MOST)}`.execute(
      db,
    ),
  ])
  const refs = await refsOf(
    db,
    edges.rows.map(({ other }) => other),
  )
  const changes: (Change & { order: number })[] = []
  const say = (
    at: Date,
    what: Change['what'],
    says: string,
    {
      by = null,
      source,
      other,
      fields = [],
    }: Pick<Partial<Change>, 'by' | 'fields'> & { source?: SourceColumns; other?: string } = {},
  ) =>
    changes.push({
      at: iso(at),
      what,
      says,
      by,
      source: source ? { connection: source.connection, title: source.title, collection: source.collection } : null,
      other: other === undefined ? null : refOr(refs, other),
      fields,
      order: at.getTime(),
    })

  for (const versions of Map.groupBy(described.rows, (row) => row.source_id).values()) {
    versions.forEach((row, index) => {
      const before = versions[index + 1]
      if (row.valid_to !== null && versions[index - 1]?.valid_from.getTime() !== row.valid_to.getTime()) {
        say(row.valid_to, 'vanished', `Gone from ${row.title}`, { source: row })
      }
      if (before?.valid_to?.getTime() === row.valid_from.getTime()) {
        // That it was used again is told by who uses it, day by day.
        const changed = differences(before.body, row.body)
        const fields = changed.filter(({ name }) => !USE.has(name))
        if (changed.length > 0 && fields.length === 0) return
        say(row.valid_from, 'changed', saying(fields), { source: row, fields })
      } else if (before || versions.length < MOST) {
        say(row.valid_from, 'appeared', before ? `Back in ${row.title}` : `First seen in ${row.title}`, { source: row })
      }
    })
  }
  for (const together of Map.groupBy(edges.rows, ({ out, verb, at }) => `${out} ${verb} ${at.getTime()}`).values()) {
    const [came, went] = [together.filter(({ appeared }) => appeared), together.filter(({ appeared }) => !appeared)]
    // One for one at one moment is a change of one thing: a key that was rotated.
    const one = came.length === 1 && went.length === 1
    const instead = one && came[0]!.other !== went[0]!.other ? refOr(refs, went[0]!.other).name : null
    for (const edge of one ? came : together) {
      const { out, verb, other, at, appeared, ...source } = edge
      const before = went.find((was) => appeared && was.other === other)
      if (!appeared && came.some((is) => is.other === other)) continue
      if (before) {
        const fields = differ(before.attributes ?? {}, edge.attributes ?? {}).filter(({ name }) => !USE.has(name))
        if (fields.length > 0)
          say(at, 'changed', `Changed in how ${VERBS[verb][out ? 0 : 1]}`, { source, other, fields })
        continue
      }
      const what = !out && verb === 'owns' ? 'owner' : appeared ? 'edge-appeared' : 'edge-vanished'
      const sentence = VERBS[verb][out ? 0 : 1]
      const says = `${appeared ? 'Since then' : 'No longer'}: ${sentence}`
      say(at, what, instead === null ? says : `Instead of ${instead.slice(0, 120)}: ${sentence}`, { source, other })
    }
  }
  for (const { at, says, by } of findings.rows) say(at, 'finding', says, { by })
  for (const { at, action, actor, before, after } of acts.rows) {
    const what = action.startsWith('label') ? 'label' : action.startsWith('owner') ? 'owner' : 'changed'
    const [was, is] = [decided(before), decided(after)]
    say(at, what, ACTS[action] ?? action.replace('.', ': '), {
      by: actor,
      fields: was === is ? [] : [{ name: what === 'owner' ? 'accountable owner' : 'label', from: was, to: is }],
    })
  }
  return changes
    .sort((a, b) => b.order - a.order)
    .slice(0, MOST)
    .map(({ order: _, ...change }) => change)
}

/** What differs; values that are long are cut. */
function differences(before: Body, after: Body): Change['fields'] {
  const flat = (body: Body): Map<string, unknown> => {
    const { attributes = {}, unknowns: _, aliases: __, ...rest } = body
    return new Map([...Object.entries(rest), ...Object.entries(attributes)])
  }
  return differ(Object.fromEntries(flat(before)), Object.fromEntries(flat(after)))
}

const differ = (was: Record<string, unknown>, is: Record<string, unknown>): Change['fields'] =>
  [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
    const [from, to] = [print(was[name]), print(is[name])]
    return from === to ? [] : { name, from, to }
  })

/** What tells of its use and of nothing else. */
const USE = new Set([
  'lastUsed',
  'lastUsedBy',
  'usageSince',
  'sessionsNow',
  'sessions',
  'lastInteractive',
  'lastSeen',
  'last',
  'by',
])

const saying = (fields: Change['fields']): string =>
  fields.length === 0
    ? 'Described otherwise'
    : `Changed: ${fields
        .slice(0, 3)
        .map(({ name }) => words(name))
        .join(', ')}${fields.length > 3 ? ` and ${fields.length - 3} more` : ''}`

/** `accountKind` is said as `account kind`. */
const words = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`).replaceAll('_', ' ')

function print(value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value === 'object' && value !== null) {
    if ('value' in value) return print(value.value)
    if ('unknown' in value) return `unknown (${String(value.unknown)})`
    if ('notApplicable' in value) return `not applicable (${String(value.notApplicable)})`
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}

/** What a decision named. */
const decided = (said: Record<string, unknown> | null): string | null => {
  const { name, value } = said ?? {}
  return typeof name === 'string' ? name : typeof value === 'string' ? value.replace(/^person:/, '') : null
}

const ACTS: Readonly<Record<string, string>> = {
  'owner.assign': 'Somebody was named who answers for it',
  'owner.withdraw': 'Nobody answers for it any more',
  'owner.undo': 'Who answers for it was taken back',
  'label.set': 'Labelled',
  'label.withdraw': 'A label was taken off',
  'label.undo': 'A label was taken back',
}

/** From the thing, and to it; the other end is named behind. */
const VERBS: Readonly<Record<Verb, readonly [string, string]>> = {
  authenticates: ['it authenticates', 'it is authenticated by'],
  holds: ['it holds', 'it is held by'],
  uses: ['it uses', 'it is used by'],
  'runs-as': ['it runs as', 'as it runs'],
  assumes: ['it may become', 'it may be assumed by'],
  has: ['it has', 'it is held by'],
  allows: ['it allows', 'it is allowed by'],
  owns: ['it answers for', 'who answers for it is'],
  controls: ['it can change, at the source,', 'it can be changed at its source by'],
  created: ['it made', 'it was made by'],
  contains: ['it contains', 'it stands in'],
  called: ['it called', 'it was called by'],
}

interface SourceColumns {
  connection: string
  title: string
  collection: string
}
const sourceColumns = sql`s.connection, coalesce(c.label, s.connection) as title, s.collection`
