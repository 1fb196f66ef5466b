import type { Live } from '../../sdk/index.ts'

export type Answer = Exclude<Live, 'not-asked'>

/**
 * How a service is asked whether a key works. Declared, not programmed: what is asked, where, and what that changes can be read
 * before anything is sent, and `contractFaults` holds every check to it. The secret stands where `{secret}` does, `{basic}` is
 * the secret as the user of a basic authorization.
 */
export interface LiveCheck {
  /** The system, as the detectors name it. */
  provider: string
  detectors: readonly string[]
  /** Only values of this form are this service's to judge. */
  only?: RegExp
  /** Only what reads. */
  method: 'GET' | 'HEAD'
  /** HTTPS, to a host that is written down here: never to one that a repository names. */
  url: string
  headers: Readonly<Record<string, string>>
  /** What the question leaves behind at the service, a sentence. */
  effects: string
  /** Statuses that say so; every other status says nothing. */
  live: readonly number[]
  dead: readonly number[]
  /** It is known there, and may not do this, or not from here, or not now. */
  blocked: readonly number[]
  /** What the answer itself must say where its status does not decide. The first that fits wins over the status. */
  body?: readonly (readonly [says: RegExp, answer: Answer])[]
  /** Others run the same software, or the service has several regions: "unknown" here says nothing of the key. */
  elsewhere?: true
}

/** What is wrong with a check: it could change something, could be sent to whoever a repository names, or does not say enough. */
export function contractFaults(check: LiveCheck): string[] {
  const faults: string[] = []
  if (!/^(?:GET|HEAD)$/.test(check.method))
    faults.push(`${check.method} can change something; only GET and HEAD may be asked`)
  if (!/^https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+\//.test(check.url))
    faults.push('its address does not begin with https and a host that is written out')
  if (!check.effects.trim()) faults.push('it does not say what the question leaves behind')
  const spoken = [check.url, ...Object.values(check.headers)].join(' ')
  if (!/\{(?:secret|basic)\}/.test(spoken))
    faults.push('it does not send the secret, so its answer is about something else')
  if (/[?&][^=&]*=[^&]*\{(?:secret|basic)\}/.test(check.url))
    faults.push('the secret would stand in the query, which logs keep')
  if (check.live.length === 0 && !check.body?.some(([, answer]) => answer === 'live'))
    faults.push('nothing says that a key is live')
  if (check.dead.length === 0 && !check.body?.some(([, answer]) => answer === 'dead'))
    faults.push('nothing says that a key is dead')
  const all = [...check.live, ...check.dead, ...check.blocked]
  if (new Set(all).size < all.length) faults.push('one status says two things')
  if (all.some((status) => status === 429 || status >= 500 || (status >= 300 && status < 400)))
    faults.push('a redirect, a limit and a failing server say nothing of a key')
  return faults
}
