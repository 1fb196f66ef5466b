import { type Finding, Instant, type Live, type Place, type Severity } from '../../sdk/index.ts'

/** One thing that another tool found, before it becomes a finding. `value` and `context` hold secrets: they end here. */
export interface Item {
  tool: string
  /** The rule by the tool's own name. */
  rule: string
  title: string
  says?: string
  severity: Severity
  isSecret: boolean
  provider: string
  /** The secret as it stands, where the tool tells it in full. */
  value?: string
  /** What stands around it, where the tool tells that. */
  context?: string
  live?: Live
  fix?: string[]
  places: Place[]
  /** It is a finding of Reeve's, told whole. */
  own?: Finding
}

/** What became of one thing in the file; `left` says why it is no finding. What was put aside in the tool is `item` and `left` both. */
export type Told =
  | { at: string; item: Item; left?: string }
  /** `unread` when it could not be understood, and not when it is simply no finding. */
  | { at: string; left: string; unread: boolean }

export type Fields = Record<string, unknown>

export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
export const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** An instant in any form that tools write (`2022-06-16 10:17:40 -0700 PDT` too), in UTC. */
export const instantOf = (value: unknown): Instant | undefined => {
  const text = textOf(value)
  if (text === undefined) return undefined
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?) ?(Z|UTC|[+-]\d\d:?\d\d)/.exec(text) ?? []
  if (day === undefined) return undefined
  const shift = zone === 'UTC' || zone === 'Z' ? 'Z' : zone!.replace(/^(...)(\d\d)$/, '$1:$2')
  const at = Date.parse(`${day}T${time}${shift}`)
  return Number.isNaN(at) ? undefined : Instant.parse(new Date(at).toISOString())
}

export const authorOf = (name: unknown, email: unknown): string | undefined => {
  const [who, address] = [textOf(name), textOf(email)]
  if (who === undefined || address === undefined) return who ?? address
  return `${who} <${address}>`
}

/** A place without what is not told. */
export const placeOf = (place: { [Name in keyof Place]?: Place[Name] | undefined }): Place =>
  Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))

/** The value, unless the tool was told to hide it. */
export const openly = (value: unknown): string | undefined => {
  const text = textOf(value)
  return text === undefined || /redacted|\*{3,}|\.{3}$|…$/i.test(text) ? undefined : text
}

export const item = (at: string, fields: { [Name in keyof Item]: Item[Name] | undefined }): Told => ({
  at,
  item: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Item,
})
export const unread = (at: string, left: string): Told => ({ at, left, unread: true })
