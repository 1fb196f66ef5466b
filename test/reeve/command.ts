import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface Ran {
  status: number | null
  out: string
  err: string
}

/** Nothing of the caller's own settings reaches the command. */
const bare = (env: Record<string, string>): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  LANG: 'C.UTF-8',
  NO_COLOR: '1',
  ...env,
})

/** Runs one command to its end. */
export function reeve(
  args: string[],
  { cwd, env = {}, input }: { cwd: string; env?: Record<string, string>; input?: string | Uint8Array },
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { cwd, env: bare(env) })
    const ran: Ran = { status: null, out: '', err: '' }
    child.stdout.on('data', (bytes) => (ran.out += bytes))
    child.stderr.on('data', (bytes) => (ran.err += bytes))
    child.stdin.end(input ?? '')
    child.on('close', (status) => resolve({ ...ran, status }))
  })
}

export interface Up {
  address: string
  link: string | null
  pid: number
  /** Ends it with the signal and gives its exit status, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
  err(): string
}

/** `reeve up` on a free port; resolves when it serves, throws with what it said when it ends before. */
export function up(data: string, cwd: string, env: Record<string, string> = {}, ...flags: string[]): Promise<Up> {
  const child = spawn(process.execPath, [main, 'up', '--json', '--port', '0', '--data', data, ...flags], {
    cwd,
    env: bare(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  child.stderr.on('data', (bytes) => (err += bytes))
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      out += bytes
      try {
        const { address, link } = JSON.parse(out) as { address: string; link: string | null }
        const end = (signal: NodeJS.Signals) => {
          child.kill(signal)
          return closed
        }
        resolve({ address, link, pid: child.pid!, end, err: () => err })
      } catch {
        // The document is not whole yet.
      }
    })
    void closed.then((status) => reject(new Error(`reeve up ended with ${status}: ${err}`)))
  })
}

export interface Session {
  /** `reeve_session=…`, for a browser. */
  cookie: string
  get<T>(path: string): Promise<T>
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
}

/** Signs in with a one-time link, as a browser would. */
export async function signIn(address: string, link: string): Promise<Session> {
  const answer = await fetch(`${address}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link: new URL(link).hash.slice(1) }),
  })
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`)
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!
  const { csrf } = (await answer.json()) as { csrf: string }
  const send = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(address + path, {
      method,
      headers: { cookie, 'x-reeve-csrf': csrf, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    return { status: reply.status, body: text === '' ? null : JSON.parse(text) }
  }
  return {
    cookie,
    send,
    get: async <T>(path: string) => {
      const { status, body } = await send('GET', path)
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
      return body as T
    },
  }
}

/** Asks until the answer satisfies; a minute at most. */
export async function until<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask()
    if (satisfies(answer)) return answer
    if (tries === 300) throw new Error(`it never came: ${JSON.stringify(answer).slice(0, 2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** A folder that goes when the test does. */
export function scratch(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-e2e-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
