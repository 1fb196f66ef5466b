import { sql } from 'kysely'
import { loadEstate, type Remembered } from '../graph/index.ts'
import type { Db } from '../platform/index.ts'
import type { Rule } from '../sdk/index.ts'
import { ruleSettings } from './catalogue.ts'
import { judgements } from './evaluate.ts'
import { ownRules } from './own/store-user-rules.ts'
import { rules as shipped } from './rules/index.ts'
import { EVALUATION_LOCK, type StoredEvaluation, storeEvaluation } from './store.ts'

/**
 * Judges the graph as it is now, by our rules and those of the installation with its settings, and stores what came of it. One at
 * a time over all processes, each on the newest graph: an older picture never overwrites a newer one.
 */
export async function judgeEstate(db: Db, { now, run }: { now: Date; run?: number }): Promise<StoredEvaluation> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${EVALUATION_LOCK})`.execute(tx)
    const { off, params } = await ruleSettings(tx)
    const own = await ownRules(tx)
    const rules = [...shipped, ...own.rules].filter(({ id }) => !off.has(id))
    const estate = await loadEstate(db, { remember: remembered(rules) })
    return storeEvaluation(tx, {
      estate,
      rules,
      judgements: judgements(estate, rules, { now, params }),
      now,
      expressions: own.expressions,
      ...(run !== undefined && { run }),
    })
  })
}

/** What an estate has to know of the past for these rules to judge it. */
export const remembered = (rules: readonly Rule[]): Remembered[] =>
  rules.flatMap(({ about, remembers = [] }) => (remembers.length > 0 ? [{ ...about, attributes: remembers }] : []))
