import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Crashes {
  kills: { node: number; postgres: number; both: number }
  acknowledged: number
  /** Milliseconds from the start of the process to serving, after a kill. */
  starts: number[]
  broken: string[]
}

/** Kills a Reeve that syncs and writes at `count` random moments: Node, PostgreSQL, or both; starts it again and looks. */
export async function crashRounds(count: number, random: () => number): Promise<Crashes> {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-crash-'))
  const crashes: Crashes = { kills: { node: 0, postgres: 0, both: 0 }, acknowledged: 0, starts: [], broken: [] }
  let promised: Promised = { settings: 0, sync: 0 }
  let child: Child | undefined
  try {
    for (let round = 0; round < count; round++) {
      if (child === undefined) {
        child = await start(folder, promised)
        if (round > 0) crashes.starts.push(child.milliseconds)
      }
      await child.acknowledged(Math.floor(random() * 5))
      await new Promise((resolve) => setTimeout(resolve, random() * 500))
      const what = (['node', 'node', 'both', 'postgres'] as const)[Math.floor(random() * 4)]!
      crashes.kills[what]++
      if (what !== 'node') process.kill(child.postgres, 'SIGKILL')
      if (what === 'postgres') {
        await new Promise((resolve) => setTimeout(resolve, 300))
        if (child.process.exitCode !== null) crashes.broken.push(`reeve ended with its PostgreSQL: ${child.errors()}`)
      }
      // Where PostgreSQL alone was killed, Reeve is too, later: the next start finds both gone.
      await end(child.process)
      promised = child.promised()
      crashes.acknowledged += child.count()
      crashes.broken.push(...child.broken)
      child = undefined
    }
    child = await start(folder, promised)
    crashes.starts.push(child.milliseconds)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    crashes.broken.push(...child.broken)
    return crashes
  } finally {
    if (child) {
      await end(child.process)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
  }
}

/** The highest versions whose settings, and whose sync, were acknowledged. */
interface Promised {
  settings: number
  sync: number
}

interface Child {
  process: ChildProcess
  postgres: number
  milliseconds: number
  broken: string[]
  promised(): Promised
  count(): number
  /** Resolves when so many writes and syncs were acknowledged, or none was for long. */
  acknowledged(count: number): Promise<void>
  errors(): string
}

async function start(folder: string, promised: Promised): Promise<Child> {
  const begun = performance.now()
  const program = fileURLToPath(new URL('./child.ts', import.meta.url))
  const binaries = fileURLToPath(new URL('../../.runtime', import.meta.url))
  const child = spawn(process.execPath, [program, folder, binaries, `${promised.settings}`, `${promised.sync}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (text) => {
    errors = `${errors}${text}`.slice(-2000)
  })
  const last = { ...promised }
  let acknowledged = 0
  const broken: string[] = []
  const ready = new Promise<number>((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`reeve ended with ${status} instead of starting: ${errors}`)))
    createInterface(child.stdout).on('line', (line) => {
      const said = JSON.parse(line)
      if (said.ready) resolve(said.ready)
      if (said.broken) broken.push(line)
      if (said.acknowledged) {
        acknowledged++
        last[said.what as keyof Promised] = said.acknowledged
      }
    })
  })
  const postgres = await ready
  return {
    process: child,
    postgres,
    milliseconds: performance.now() - begun,
    broken,
    promised: () => last,
    count: () => acknowledged,
    errors: () => errors,
    async acknowledged(count) {
      for (let waited = 0; acknowledged < count && waited < 500; waited++)
        await new Promise((resolve) => setTimeout(resolve, 10))
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await ended
}
