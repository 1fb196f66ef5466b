import { z } from 'zod'
import { type JsonValue, type Provider, ReeveError } from '../sdk/index.ts'

export type Settings = Record<string, JsonValue>

/** What a form is drawn from: the JSON Schema of the settings; secret fields bear `"secret": true`. */
export const formOf = (provider: Provider): Record<string, unknown> =>
  z.toJSONSchema(provider.config, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>

/** Throws `discover/settings` with every field that is wrong in `fields.fields`: `{ path, says }`. */
export function parseSettings<Config>(provider: Provider<Config>, settings: Settings): Config {
  const parsed = provider.config.safeParse(settings)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), says: issue.message }))
  throw new ReeveError(
    'discover/settings',
    `settings of ${provider.title}: ${fields.map(({ path, says }) => (path === '' ? says : `${path}: ${says}`)).join('; ')}`,
    { fields: { fields } },
  )
}

/** The settings as they may be shown, and the names of the secrets that are set. */
export function withoutSecrets(provider: Provider, settings: Settings): { shown: Settings; secrets: string[] } {
  const hidden = secretNames(formOf(provider))
  const secrets = new Set<string>()
  const strip = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(strip)
    if (value === null || typeof value !== 'object') return value
    const kept: Settings = {}
    for (const [name, inner] of Object.entries(value)) {
      if (hidden.has(name)) secrets.add(name)
      else kept[name] = strip(inner)
    }
    return kept
  }
  return { shown: strip(settings) as Settings, secrets: [...secrets].sort() }
}

/** New settings over old ones: secrets that are left out stay as they are, an empty one is taken away. */
export function overStored(provider: Provider, stored: Settings, given: Settings): Settings {
  const hidden = secretNames(formOf(provider))
  const kept = Object.entries(stored).filter(([name]) => hidden.has(name) && !(name in given))
  const said = Object.entries(given).filter(([name, value]) => !(hidden.has(name) && value === ''))
  return Object.fromEntries([...kept, ...said])
}

/** The names of all fields that are marked as secret, wherever in the schema they stand. */
function secretNames(schema: unknown, names = new Set<string>()): Set<string> {
  if (schema === null || typeof schema !== 'object') return names
  for (const [word, inner] of Object.entries(schema)) {
    if (word === 'properties') {
      for (const [name, field] of Object.entries(inner as object)) if (field?.secret === true) names.add(name)
    }
    secretNames(inner, names)
  }
  return names
}
