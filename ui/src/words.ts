/** How Reeve says numbers, dates and lengths of time. UTC, 24 hours, thin spaces. */

const THIN = '\u202f'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let offset = 0
/** The server's clock is the one that counts; a browser's may be wrong by hours. */
export const setServerTime = (at: string): void => {
  offset = Date.parse(at) - Date.now()
}
export const now = (): number => Date.now() + offset

/** 4 079, with a thin space that does not break. */
export const count = (n: number): string =>
  Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, THIN)

/** `1 finding`, `3 findings`. */
export const some = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
/** Small numbers at the head of a sentence read as words. */
export const spell = (n: number): string => SMALL[n] ?? count(n)

/** Percent never stands without its whole beside it; 100 is said as `all`. */
export const percent = (p: number | null): string => (p === null ? 'nothing asked' : p >= 100 ? 'all' : `${p}${THIN}%`)

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' })
const dayYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const shortDayYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const weekday = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })

/** `24 November`; the year only when it is another one. */
export const date = (at: string): string => {
  const when = new Date(at)
  return (when.getUTCFullYear() === new Date(now()).getUTCFullYear() ? day : dayYear).format(when)
}
export const short = (at: string): string => {
  const when = new Date(at)
  return (when.getUTCFullYear() === new Date(now()).getUTCFullYear() ? shortDay : shortDayYear).format(when)
}
export const longDate = (at: number): string => weekday.format(new Date(at)).replace(',', '')
export const time = (at: string): string => clock.format(new Date(at))
export const exact = (at: string): string => `${dayYear.format(new Date(at))}, ${time(at)} UTC`

const length = (ms: number): string => {
  if (ms < HOUR) return `${Math.max(1, Math.round(ms / MINUTE))} min`
  if (ms < DAY) return `${Math.round(ms / HOUR)} h`
  if (ms < 60 * DAY) return `${Math.round(ms / DAY)} d`
  if (ms < 730 * DAY) return `${Math.round(ms / (30.4 * DAY))} mo`
  return `${(ms / (365.25 * DAY)).toFixed(1)} y`
}

/** `3 min ago`, `12 d ago`; what lies ahead is `in 6 d`. */
export const ago = (at: string): string => {
  const passed = now() - Date.parse(at)
  return passed < 0 ? `in ${length(-passed)}` : passed < MINUTE ? 'just now' : `${length(passed)} ago`
}
/** How old: `3.7 y`. */
export const age = (at: string): string => length(Math.max(0, now() - Date.parse(at)))
export const daysUntil = (at: string): number => Math.floor((Date.parse(at) - now()) / DAY)
/** `today 06:04`, `21 November 02:00`. */
export const dayAndTime = (at: string): string =>
  at.slice(0, 10) === new Date(now()).toISOString().slice(0, 10) ? `today ${time(at)}` : `${short(at)} ${time(at)}`

export const effort = (minutes: number | null): string =>
  minutes === null
    ? 'effort not told'
    : minutes < 60
      ? `${minutes} min`
      : minutes % 60 === 0
        ? `${minutes / 60} h`
        : `${(minutes / 60).toFixed(1)} h`

/** `linux_user` is said as `linux user`, `ai_agent` as `AI agent`. */
export const typeWord = (type: string | null): string =>
  type === null ? 'not described' : type.replaceAll('_', ' ').replace(/\b(?:ai|mcp)\b/g, (word) => word.toUpperCase())

export const KIND_WORDS = {
  identity: ['Identity', 'Identities'],
  credential: ['Credential', 'Credentials'],
  secret: ['Secret', 'Secrets'],
  workload: ['Workload', 'Workloads'],
  person: ['Person', 'People'],
  entitlement: ['Entitlement', 'Entitlements'],
  resource: ['Resource', 'Resources'],
} as const

export const ENVIRONMENT_WORDS = {
  production: 'Production',
  staging: 'Staging',
  development: 'Development',
  test: 'Test',
} as const

/** `accountKind` is said as `account kind`. */
export const attributeWord = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`).replaceAll('_', ' ')

/** Whether an issuer takes a credential, as far as somebody asked. */
export const LIVE_WORDS = {
  live: 'it works',
  dead: 'its issuer refuses it',
  blocked: 'its issuer knows it and blocks it',
  indeterminate: 'whether it works could not be told',
  'not-asked': 'whether it works was not asked',
} as const

/** A title of the browser's window: one line, cut, without control characters. */
export const windowTitle = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return `${line.length > 70 ? `${line.slice(0, 69)}…` : line} · Reeve`
}
