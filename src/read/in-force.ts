import { sql } from 'kysely'

/** Does the source say that the person is not here any more, or that the thing is switched off? */
export const outOfForce = (node: string) => {
  const attributes = sql.raw(`${node}.body->'attributes'`)
  return sql`coalesce('true' in (${attributes}->>'disabled', ${attributes}->>'suspended', ${attributes}->>'revoked') or ${attributes}->>'enabled' = 'false'
    or ${attributes}->>'employment' = 'left' and ${sql.raw(node)}.body->>'kind' = 'person'
    or lower(${attributes}->>'status') in ('disabled', 'inactive', 'revoked', 'suspended', 'deprovisioned', 'deleted', 'expired'), false)`
}

/**
 * Is it an identity that somebody must answer for: in force, living where it was read, neither a person's own nor the system's? What
 * a person said of it, in the row of decisions `label`, holds before what its source tells.
 */
export const mustBeOwned = (node: string, label: string) => sql`
  (${sql.raw(node)}.kind = 'identity' and not ${outOfForce(node)} and not coalesce(${sql.raw(node)}.body->'lastUsed' ? 'notApplicable', false)
  and coalesce(${sql.raw(label)}.value, ${sql.raw(node)}.account_kind, 'service') not in ('human', 'system'))`

/** The decision of what sort of account a node is, as `label`. */
export const joinAccountKind = (node: string, label: string) => sql`
  left join act.assignment ${sql.raw(label)} on ${sql.raw(label)}.entity = ${sql.raw(node)}.key and ${sql.raw(label)}.sort = 'accountKind' and ${sql.raw(label)}.ended_at is null`
