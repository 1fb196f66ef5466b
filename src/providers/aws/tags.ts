import type { Environment, JsonValue } from '../../sdk/index.ts'

const ENVIRONMENT_TAG = /^(?:[a-z0-9]+[:/_-])?(environment|env|stage)$/i
const WORDS: readonly [RegExp, Environment][] = [
  [/^(production|prod|prd|live)$/i, 'production'],
  [/^(staging|stage|stg|preprod|pre-prod|preproduction|uat)$/i, 'staging'],
  [/^(development|dev|develop|sandbox|sbx|playground)$/i, 'development'],
  [/^(test|testing|tst|qa|ci)$/i, 'test'],
]
const MOST = 50

/** Tags in any of the shapes in which AWS gives them. */
export function tagsOf(given: unknown): Record<string, string> {
  const tags: Record<string, string> = {}
  const put = (name: unknown, value: unknown) => {
    if (typeof name === 'string' && typeof value === 'string' && Object.keys(tags).length < MOST) tags[name] = value
  }
  if (Array.isArray(given))
    for (const one of given) put(one?.Key ?? one?.key ?? one?.TagKey, one?.Value ?? one?.value ?? one?.TagValue)
  else if (given !== null && typeof given === 'object')
    for (const [name, value] of Object.entries(given)) put(name, value)
  return tags
}

/** What tags say of where a thing belongs; people write it in many ways. */
export function environmentOf(tags: Record<string, string>): Environment | undefined {
  for (const [name, value] of Object.entries(tags)) {
    if (!ENVIRONMENT_TAG.test(name)) continue
    const found = WORDS.find(([words]) => words.test(value.trim()))
    if (found) return found[1]
  }
  return undefined
}

/** `acme-payments-prod` says production; a name with two such words says nothing. */
export function environmentInName(name: string): Environment | undefined {
  const found = new Set<Environment>()
  for (const word of name.split(/[^a-z0-9]+/i))
    for (const [words, environment] of WORDS) if (words.test(word)) found.add(environment)
  return found.size === 1 ? [...found][0] : undefined
}

/** Tags and what they say, as parts of an entity. */
export function tagged(given: unknown): { environment?: Environment; tags?: { [name: string]: JsonValue } } {
  const tags = tagsOf(given)
  const environment = environmentOf(tags)
  return {
    ...(environment !== undefined && { environment }),
    ...(Object.keys(tags).length > 0 && { tags }),
  }
}
