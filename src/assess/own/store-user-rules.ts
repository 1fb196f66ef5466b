import { sql } from 'kysely'
import { audit, type Db, type Tx } from '../../platform/index.ts'
import { messageOf, ReeveError, type Rule } from '../../sdk/index.ts'
import { rules as shipped } from '../rules/index.ts'
import { parseUserRule } from './user-rule.ts'

export interface OwnRules {
  rules: Rule[]
  /** Rule id → its expression; for `storeEvaluation`. */
  expressions: Map<string, string>
  /** Stored once, and no longer readable by this version. */
  broken: { id: string; why: string; source: string }[]
}

/** The rules that were written here. One that cannot be read any more is told, and does not stop the others. */
export async function ownRules(db: Db): Promise<OwnRules> {
  const { rows } = await sql<{
    id: string
    source: string
  }>`select id, source from assess.user_rule order by id`.execute(db)
  const own: OwnRules = { rules: [], expressions: new Map(), broken: [] }
  for (const { id, source } of rows) {
    try {
      const { rule, expression } = parseUserRule(source)
      own.rules.push(rule)
      own.expressions.set(rule.id, expression)
    } catch (error) {
      own.broken.push({ id, why: messageOf(error), source })
    }
  }
  return own
}

/** Adds a rule, or puts another text in its place. Counts from the next evaluation. */
export async function saveUserRule(
  tx: Tx,
  { source, by, now }: { source: string; by: string; now: Date },
): Promise<Rule> {
  const { rule } = parseUserRule(source)
  if (shipped.some(({ id }) => id === rule.id))
    throw new ReeveError('assess/user-rule', `saving rule ${rule.id}: a rule of Reeve has that id; choose another`)
  const { rows } = await sql<{
    source: string
  }>`select source from assess.user_rule where id = ${rule.id} for update`.execute(tx)
  await sql`insert into assess.user_rule (id, source, by, at) values (${rule.id}, ${source}, ${by}, ${now})
    on conflict (id) do update set source = excluded.source, by = excluded.by, at = excluded.at`.execute(tx)
  await audit.record(tx, {
    actor: by,
    action: 'rule.save',
    subject: rule.id,
    before: rows[0]?.source ?? null,
    after: source,
  })
  return rule
}

/** Takes a rule away; its findings close with the next evaluation, as of a rule that is no longer asked. */
export async function removeUserRule(tx: Tx, { id, by }: { id: string; by: string }): Promise<void> {
  const { rows } = await sql<{
    source: string
  }>`delete from assess.user_rule where id = ${id} returning source`.execute(tx)
  if (!rows[0])
    throw new ReeveError('assess/no-rule', `removing rule ${id.slice(0, 80)}: there is none of yours with that id`)
  await audit.record(tx, { actor: by, action: 'rule.remove', subject: id, before: rows[0].source, after: null })
}
