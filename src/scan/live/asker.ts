import { type Live, ReeveError, type Run, type Sensitive } from '../../sdk/index.ts'
import { type Answer, contractFaults, type LiveCheck } from './check.ts'
import { checks as known } from './checks.ts'

/** What a service said of a key, and the sentence for people: what was asked, where, and what that leaves behind. */
export interface Asked {
  live: Live
  says: string
}

export interface AskerOptions {
  fetch: Run['fetch']
  /** Waits; ends at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  checks?: readonly LiveCheck[]
  /** Between two questions to one host, in milliseconds. */
  pause?: number
}

/** A service that does not answer within this says nothing. */
const LONGEST = 15_000
/** As much of an answer as is looked at. */
const MOST_BODY = 64 << 10

/**
 * Asks services whether keys that were found work. One question per value; one at a time to each host. "Live" is believed only of a
 * service that refuses a value of the same form that nobody was given: else its answer says nothing. Throws `scan/live-check` for a check that
 * breaks the contract.
 */
export function createAsker({ fetch, sleep, checks = known, pause = 250 }: AskerOptions) {
  for (const check of checks) {
    const [fault] = contractFaults(check)
    if (fault !== undefined)
      throw new ReeveError('scan/live-check', `asking ${check.provider} whether a key is live: ${fault}`)
  }
  const turns = new Map<string, Promise<unknown>>()
  const believed = new Map<LiveCheck, Promise<boolean>>()

  /** One after the other to one host. */
  function inTurn<T>(host: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = turns.get(host)
    const turn = (async () => {
      if (before) {
        await before.catch(() => {})
        await sleep(pause, signal)
      }
      signal.throwIfAborted()
      return work()
    })()
    turns.set(host, turn)
    return turn
  }

  async function question(
    check: LiveCheck,
    secret: string,
    signal: AbortSignal,
  ): Promise<{ answer: Answer; status: string }> {
    const fill = (text: string): string =>
      text
        .replaceAll('{secret}', () => secret)
        .replaceAll('{basic}', () => Buffer.from(`${secret}:`).toString('base64'))
    const url = check.url.replaceAll('{secret}', () => encodeURIComponent(secret).replaceAll('%3A', ':'))
    const headers = Object.fromEntries(Object.entries(check.headers).map(([name, value]) => [name, fill(value)]))
    const { host } = new URL(check.url.replaceAll('{secret}', ''))
    return inTurn(
      host,
      async () => {
        try {
          const response = await fetch(url, {
            method: check.method,
            headers,
            redirect: 'manual',
            signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]),
          })
          const text = await beginning(response)
          return { answer: read(check, response.status, text), status: `answered ${response.status}` }
        } catch (error) {
          signal.throwIfAborted()
          // Only the code: what a failure says may quote what was sent.
          return {
            answer: 'indeterminate' as const,
            status: error instanceof ReeveError ? `could not be asked (${error.code})` : 'did not answer',
          }
        }
      },
      signal,
    )
  }

  return {
    async ask(detector: string, value: Sensitive, signal: AbortSignal): Promise<Asked> {
      const secret = value.reveal()
      const check = checks.find(({ detectors, only }) => detectors.includes(detector) && (only?.test(secret) ?? true))
      if (check === undefined || !/^[\x21-\x7e]{8,4096}$/.test(secret))
        return { live: 'not-asked', says: 'No service is known that tells whether it works.' }
      const what = `${check.method} ${check.url.replace(/^https:\/\//, '').replaceAll('{secret}', '…')}`
      const { answer, status } = await question(check, secret, signal)
      if (answer === 'dead' && check.elsewhere)
        return {
          live: 'indeterminate',
          says: `${what} ${status}: it is not known there, and may be of another server or region.`,
        }
      if (answer === 'live' || answer === 'blocked') {
        if (!believed.has(check))
          believed.set(
            check,
            question(check, madeUp(secret), signal).then((control) => control.answer === 'dead'),
          )
        if (!(await believed.get(check)!))
          return {
            live: 'indeterminate',
            says: `${what} ${status}, but does not refuse a made-up key either, so that says nothing.`,
          }
      }
      return { live: answer, says: `${what} ${status}: ${MEANING[answer]}` }
    },
  }
}

export type Asker = ReturnType<typeof createAsker>

const MEANING: Readonly<Record<Answer, string>> = {
  live: 'it works.',
  dead: 'it does not work any more.',
  blocked: 'it is known there, but was not let through: rights, a network rule or a limit stand in the way.',
  indeterminate: 'that says nothing about the key.',
}

function read({ body, live, dead, blocked }: LiveCheck, status: number, text: string): Answer {
  if (status === 429 || status >= 500 || (status >= 300 && status < 400)) return 'indeterminate'
  const said = body?.find(([says]) => says.test(text))
  if (said) return said[1]
  if (live.includes(status)) return 'live'
  if (dead.includes(status)) return 'dead'
  return blocked.includes(status) ? 'blocked' : 'indeterminate'
}

async function beginning(response: Response): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text
    text += decoder.decode(value, { stream: true })
    if (text.length >= MOST_BODY) {
      await reader.cancel()
      return text
    }
  }
}

/** A value of the same form that nobody was given: every letter and digit behind the public prefix is another of its kind. */
export function madeUp(secret: string): string {
  const prefix = /^[A-Za-z]{1,12}(?:[-_](?:[a-z]{1,8}[-_])*)?/.exec(secret)?.[0].length ?? 0
  const from = Math.min(prefix, Math.floor(secret.length / 2))
  return (
    secret.slice(0, from) +
    secret.slice(from).replace(/[A-Za-z0-9]/g, (one, at: number) => {
      const [first, count] = one <= '9' ? [48, 10] : one <= 'Z' ? [65, 26] : [97, 26]
      return String.fromCharCode(first + ((one.charCodeAt(0) - first + 1 + (at % (count - 1))) % count))
    })
  )
}
