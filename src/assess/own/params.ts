import type { z } from 'zod'
import { ReeveError, type Rule } from '../../sdk/index.ts'

/** The settings of a rule over its defaults. Throws `assess/params`, which names each field that is wrong. */
export function paramsOf(rule: Pick<Rule, 'id' | 'params'>, given: unknown): unknown {
  if (rule.params === undefined) {
    if (given === undefined || given === null || Object.keys(given).length === 0) return {}
    throw refused(rule.id, [{ path: Object.keys(given)[0]!, says: 'this rule has no settings' }])
  }
  const parsed = rule.params.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  throw refused(rule.id, parsed.error.issues.flatMap(fieldsOf))
}

interface Field {
  path: string
  says: string
}

/** What is wrong with the whole is said of each field that it concerns. */
function fieldsOf(issue: z.core.$ZodIssue): Field[] {
  const at = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: at === '' ? key : `${at}.${key}`, says: 'there is no such setting' }))
  return [{ path: at === '' ? 'settings' : at, says: issue.message }]
}

const refused = (rule: string, fields: Field[]): ReeveError =>
  new ReeveError(
    'assess/params',
    `setting up rule ${rule}: ${fields.map(({ path, says }) => `${path}: ${says}`).join('; ')}`,
    { fields: { rule, fields } },
  )
