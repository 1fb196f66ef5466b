/** The promise of a kind of channel, and what it is given to send with. */
import type { z } from 'zod'
import type { AddressGuard } from '../platform/index.ts'
import { ReeveError, type Run } from '../sdk/index.ts'
import type { Message } from './message.ts'

/** The only way out: nothing is sent but through these. */
export interface Outlet {
  fetch: Run['fetch']
  now(): Date
  signal: AbortSignal
  /** Throws `outbound/refused-address` for an address that may not be reached under the name. */
  guard: AddressGuard
}

/** One thing to send. `id` stays over tries: by it the other side knows a repetition. */
export interface Parcel {
  id: string
  /** Later words about the same thing bear the same. */
  topic: string
  /** The person to whom it goes, for kinds that have such. */
  recipient: string | null
  message: Message
}

/** A kind of channel: one object. `send` resolves when the other side has taken it, and throws `Undelivered` otherwise. */
// biome-ignore lint/suspicious/noExplicitAny: a list of kinds erases their settings; each kind checks its own
export interface ChannelKind<Config = any> {
  id: string
  title: string
  summary: string
  /** Draws the form; a secret bears `.meta({ secret: true })`. */
  config: z.ZodType<Config>
  /** A short name from the settings, without any secret. */
  label(config: Config): string
  /** `each`: one parcel for an alert, and one when it closes. `digest`: one for all that came of a run. */
  gathers: 'each' | 'digest'
  /** Addresses to which it goes; null is where the channel leads. Owners and backups are added by the engine where `people` says so. */
  recipients?(config: Config): readonly string[]
  people?(config: Config): { owners: boolean; backups: boolean }
  send(config: Config, parcel: Parcel, outlet: Outlet): Promise<void>
}

/** Keeps a literal's types while it is checked against the promise. */
export const defineChannel = <Config>(kind: ChannelKind<Config>): ChannelKind<Config> => kind

/** It was not taken. `permanent`: nor will it be. `after`: seconds that the other side asks to wait. */
export class Undelivered extends ReeveError {
  readonly permanent: boolean
  readonly after: number | undefined

  constructor(message: string, { permanent = false, after }: { permanent?: boolean; after?: number | undefined } = {}) {
    super('alert/undelivered', message)
    this.permanent = permanent
    this.after = after
  }
}

/**
 * Posts a body and reads the answer: 2xx is taken; 408, 409, 425, 429 and 5xx may be well later; any other will not. An address that
 * sends elsewhere is not followed: what is signed for one is not for another.
 */
export async function post(
  url: string,
  body: string,
  headers: Record<string, string>,
  { fetch, signal, now }: Outlet,
): Promise<void> {
  const host = new URL(url).host
  const answer = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' })
  const text = await answer.text().catch(() => '')
  if (answer.ok) return
  const said = text.trim() === '' ? '' : `: ${text.trim().slice(0, 200)}`
  const permanent = answer.status < 500 && ![408, 409, 425, 429].includes(answer.status)
  throw new Undelivered(`${host} answered ${answer.status}${said}`, {
    permanent,
    after: secondsOf(answer.headers.get('retry-after'), now()),
  })
}

/** Retry-After, in seconds or as a date. */
function secondsOf(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000))
}

/** An address of a webhook, which is itself the right to send there. */
export const isWebAddress = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '')
