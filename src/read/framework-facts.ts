/** Facts of the graph that are evidence where no rule judges: what is so of a thing, is not, or cannot be told. */
import { type RawBuilder, sql } from 'kysely'
import type { Kind } from '../sdk/index.ts'
import { outOfForce } from './in-force.ts'

export interface Fact {
  id: string
  /** What it is about: machines in force, or static credentials in force. */
  kind: FactKind
  /** Of `graph.node n` with `b.attributes`: `met`, `not-met`, `unknown`; null where it does not apply. */
  state(now: Date): RawBuilder<string | null>
  /** Why, where it is not met or not known, a sentence. */
  says: { notMet: string; unknown: string }
  /** Types of which a whole listing is leant on, besides those of the kind. */
  needs?: readonly string[]
}

type FactKind = Extract<Kind, 'identity' | 'credential'>

const CONCERNED: Readonly<Record<FactKind, RawBuilder<unknown>>> = {
  identity: sql`n.kind = 'identity' and n.account_kind is distinct from 'human' and not ${outOfForce('n')}`,
  credential: sql`n.kind = 'credential' and n.method is not null and n.method <> 'federation' and not n.body->'attributes' ? 'detector' and not ${outOfForce('n')}`,
}

/** Places of secrets that Reeve looks through; what a vault holds is where it belongs. */
const LOOKED_THROUGH = [
  'git_leak',
  'git_remote_credential',
  'ci_secret',
  'terraform_state',
  'kubernetes_secret',
  'container_secret',
  'compose_secret',
  'host_secret_file',
  'host_history_secret',
  'host_unit_secret',
  'host_cron_secret',
  'host_process_argument',
  'agent_config_secret',
  'aws_lambda_variable',
  'aws_task_variable',
  'aws_build_variable',
]
const looked = sql`exists (select from graph.source s where s.removed_at is null and s.yields && ${LOOKED_THROUGH}::text[])`

/** What its owner said of it, that it is theirs and still needed, and has not taken back. */
const says = (
  now: Date,
): RawBuilder<unknown> => sql`act.certification c where c.entity = n.key and c.answer = 'mine' and c.takes_back is null
  and c.at <= ${now} and not exists (select from act.certification t where t.takes_back = c.id and t.at <= ${now})`

const reviewed = (days: number): Fact => ({
  id: `reviewed-${days}`,
  kind: 'identity',
  state: (now) =>
    sql`case when exists (select from ${says(now)} and c.at > ${now}::timestamptz - make_interval(days => ${days})) then 'met' else 'not-met' end`,
  says: {
    notMet: `No owner has said within ${days} days that it is theirs and still needed.`,
    unknown: 'Whether its owner reviewed it could not be read.',
  },
})

/** Days for which NIST SP 800-57 Part 1 lets keys be used that authenticate or authorize, at most. */
const TWO_YEARS = 730
const made = sql`coalesce(case when b.attributes->>'rotated' ~ '^\\d{4}-\\d\\d-\\d\\dT' then (b.attributes->>'rotated')::timestamptz end, n.created)`

const cryptoperiod = (method: string): Fact => ({
  id: `cryptoperiod-${method}`,
  kind: 'credential',
  state: (now) => sql`case when n.method <> ${method} or n.expires <= ${now} then null
    when ${made} is null then case when n.body->'created' ? 'notApplicable' then null else 'unknown' end
    when ${made} < ${now}::timestamptz - make_interval(days => ${TWO_YEARS}) then 'not-met' else 'met' end`,
  says: {
    notMet: `It has been in use for more than ${TWO_YEARS} days.`,
    unknown: 'No source says when it was made.',
  },
})

export const facts: readonly Fact[] = [
  {
    id: 'purpose',
    kind: 'identity',
    state: (
      now,
    ) => sql`case when coalesce(b.attributes->>'purpose', b.attributes->>'description', '') ~ '\\S' then 'met'
      when exists (select from jsonb_each_text(case jsonb_typeof(b.attributes->'tags') when 'object' then b.attributes->'tags' end) tag
        where lower(tag.key) in ('purpose', 'description') and tag.value ~ '\\S') then 'met'
      when exists (select from ${says(now)} and c.note ~ '\\S') then 'met' else 'not-met' end`,
    says: {
      notMet: 'Neither its source nor its owner says what it is for: its owner can, in the note of a review.',
      unknown: 'Whether its source says what it is for could not be read.',
    },
  },
  reviewed(92),
  reviewed(366),
  {
    id: 'use-recorded',
    kind: 'identity',
    state: () => sql`case when n.last_used is not null then 'met' when n.body->'lastUsed' ? 'notApplicable' then null
      when n.body->'lastUsed' ? 'permission' then 'unknown' else 'not-met' end`,
    says: {
      notMet: 'No source that was read records when it is used.',
      unknown: 'When it was last used is recorded, and was refused to us.',
    },
  },
  {
    id: 'no-copy',
    kind: 'credential',
    state: () => sql`case when exists (select from graph.edge h join graph.node p on p.id = h.from_id
        where h.to_id = n.id and h.verb = 'holds' and h.valid_to is null and p.type = any(${LOOKED_THROUGH}::text[])) then null
      when ${looked} then 'met' else 'unknown' end`,
    says: {
      notMet: 'A copy of it lies where it does not belong.',
      unknown: 'No code, pipeline or host was looked through for copies.',
    },
    needs: LOOKED_THROUGH,
  },
  ...['access-key', 'client-secret', 'ssh-key', 'certificate', 'token'].map(cryptoperiod),
]

export const factIds: ReadonlySet<string> = new Set(facts.map(({ id }) => id))

/** What each fact says of each thing it is about: `subject`, `check_id`, `state`. `where` narrows the things. */
export const factRows = (now: Date, where: RawBuilder<unknown> = sql`true`): RawBuilder<unknown> =>
  sql.join(
    (['identity', 'credential'] as const).map(
      (kind) => sql`select n.id as subject, v.check_id, v.state from graph.node n
        cross join lateral (select n.body->'attributes' as attributes offset 0) b
        cross join lateral (values ${sql.join(
          facts.filter((fact) => fact.kind === kind).map(({ id, state }) => sql`(${id}::text, ${state(now)})`),
        )}) v(check_id, state) where ${CONCERNED[kind]} and v.state is not null and ${where}`,
    ),
    sql` union all `,
  )
