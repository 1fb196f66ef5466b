import { loadEstate } from '../graph/index.ts'
import type { Clock, Db } from '../platform/index.ts'
import { ruleSettings } from './catalogue.ts'
import { evaluate } from './evaluate.ts'
import { ownRules } from './own/store-user-rules.ts'
import { rules as shipped } from './rules/index.ts'
import { type StoredEvaluation, storeEvaluation } from './store.ts'

/** Judges the estate as it is now by all rules that are on, Reeve's and one's own, and carries the findings on. */
export async function assessEstate(db: Db, { clock, run }: { clock: Clock; run?: number }): Promise<StoredEvaluation> {
  const [own, settings, estate] = await Promise.all([ownRules(db), ruleSettings(db), loadEstate(db)])
  const rules = [...shipped, ...own.rules].filter(({ id }) => !settings.off.has(id))
  const now = clock.now()
  return db.transaction().execute((tx) =>
    storeEvaluation(tx, {
      estate,
      rules,
      evaluated: evaluate(estate, rules, { now, params: settings.params }),
      now,
      expressions: own.expressions,
      ...(run === undefined ? {} : { run }),
    }),
  )
}
