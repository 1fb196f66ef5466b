/** The real server with the built console over an invented estate, in a process of its own, so that what measures is not in its way. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Order = 'sync' | 'rest' | 'stop'
export type Report = { ready: Served; filled: string } | { synced: number } | { failed: string }

interface Served {
  url: string
  /** Signs in as the first admin. */
  link: string
}

export interface EstateServer extends Served {
  /** Reads the whole estate again and again in the server's process until `rest`. */
  sync(): void
  /** Resolves when the running read has ended, with how many were done. */
  rest(): Promise<number>
  stop(): Promise<void>
}

/** Starts it and fills it with so many identities and what belongs to them. */
export async function estateServer(
  identities: number,
  { console: folder, port = 0, remark = () => {} }: { console: string; port?: number; remark?: (text: string) => void },
): Promise<EstateServer> {
  const child = fork(
    fileURLToPath(new URL('./child.ts', import.meta.url)),
    [String(identities), folder, String(port)],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
  const order = (what: Order) => child.send(what)
  const ended = new Promise<never>((_, fail) =>
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}`))),
  )
  ended.catch(() => undefined)
  const heard = <T>(pick: (report: Report) => T | undefined): Promise<T> =>
    Promise.race([
      ended,
      new Promise<T>((resolve, fail) => {
        const listen = (report: Report) => {
          const found = 'failed' in report ? undefined : pick(report)
          if (found === undefined && !('failed' in report)) return
          child.off('message', listen)
          if ('failed' in report) fail(new Error(report.failed))
          else resolve(found as T)
        }
        child.on('message', listen)
      }),
    ])
  const ready = await heard((report) => {
    if (!('ready' in report)) return undefined
    remark(report.filled)
    return report.ready
  })
  return {
    ...ready,
    sync: () => order('sync'),
    rest() {
      const synced = heard((report) => ('synced' in report ? report.synced : undefined))
      order('rest')
      return synced
    },
    async stop() {
      order('stop')
      await ended.catch(() => undefined)
    },
  }
}
