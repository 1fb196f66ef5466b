/** Settings of a channel: the form, the check, what may be shown of them, and what stays when one is changed. */
import { z } from 'zod'
import { type JsonValue, ReeveError } from '../sdk/index.ts'
import type { ChannelKind } from './channel.ts'

export type Settings = Record<string, JsonValue>

interface Form {
  properties?: Record<string, { secret?: boolean }>
}

/** What a form is drawn from: the JSON Schema of the settings; secret fields bear `"secret": true`. */
export const formOf = (schema: z.ZodType): Record<string, unknown> =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>

/** Throws `alert/settings` with every field that is wrong in `fields.fields`: `{ path, says }`. Never quotes a value. */
export function parseSettings<Config>(kind: ChannelKind<Config>, settings: Settings): Config {
  const parsed = kind.config.safeParse(settings)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), says: issue.message }))
  throw new ReeveError(
    'alert/settings',
    `settings of ${kind.title}: ${fields.map(({ path, says }) => (path === '' ? says : `${path}: ${says}`)).join('; ')}`,
    { fields: { fields } },
  )
}

const secretNames = (kind: ChannelKind): Set<string> =>
  new Set(
    Object.entries((formOf(kind.config) as Form).properties ?? {}).flatMap(([name, field]) =>
      field.secret === true ? [name] : [],
    ),
  )

/** The settings as they may be shown, and the names of the secrets that are set. */
export function withoutSecrets(kind: ChannelKind, settings: Settings): { shown: Settings; secrets: string[] } {
  const hidden = secretNames(kind)
  const names = Object.keys(settings)
  return {
    shown: Object.fromEntries(names.filter((name) => !hidden.has(name)).map((name) => [name, settings[name]!])),
    secrets: names.filter((name) => hidden.has(name)).sort(),
  }
}

/** New settings over old ones: secrets that are left out stay as they are, an empty one is taken away. */
export function overStored(kind: ChannelKind, stored: Settings, given: Settings): Settings {
  const hidden = secretNames(kind)
  const kept = Object.entries(stored).filter(([name]) => hidden.has(name) && !(name in given))
  const said = Object.entries(given).filter(([name, value]) => !(hidden.has(name) && value === ''))
  return Object.fromEntries([...kept, ...said])
}

/** Text of the other side, without any secret it may have sent back. */
export function withoutValues(kind: ChannelKind, settings: Settings, text: string): string {
  const hidden = secretNames(kind)
  let clean = text
  for (const [name, value] of Object.entries(settings)) {
    if (!hidden.has(name) || typeof value !== 'string') continue
    const forms = [
      value,
      Buffer.from(value).toString('base64'),
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
    ]
    const url = URL.parse(value)
    if (url) forms.push(`${url.pathname}${url.search}`, ...url.pathname.split('/').filter((part) => part.length >= 8))
    for (const form of forms) if (form.length >= 4) clean = clean.replaceAll(form, '[secret]')
  }
  return clean
}
