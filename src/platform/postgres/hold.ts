import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { ReeveError } from '../../sdk/index.ts'

/** The one connection by which a Reeve has the embedded server to itself. */
export interface Hold {
  /** Resolves when the connection is lost, and the server with it in all likelihood. Not after `release`. */
  lost: Promise<void>
  release(): Promise<void>
}

/** Any constant. The lock lives as long as its connection, so a killed Reeve has let go of it. */
const LOCK = 7373_0002
/** How long the server takes to see that the process which had it is gone; beyond, it lives in another container. */
const LETTING_GO = 10_000
/** A process that was killed a moment ago may not be gone yet. */
const DYING = 1000
const NOT_YET = new Set(['57P03', 'ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '08006', 'XX000'])

/**
 * Waits until the server answers and takes it. Null when `alive` says that it ended. Throws `store/in-use` when another Reeve
 * has it, with the number of its process. `isOurs`: we started the server ourselves.
 */
export async function takeHold(
  url: string,
  folder: string,
  until: number,
  isOurs: boolean,
  alive: () => boolean,
): Promise<Hold | null> {
  const begun = performance.now()
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 200)) {
    const client = new pg.Client({
      connectionString: url,
      application_name: `reeve ${process.pid}`,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    })
    client.on('error', () => {})
    const lost = new Promise<void>((resolve) => client.once('end', () => resolve()))
    try {
      await client.connect()
      const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(${LOCK}) as taken`)
      if (rows[0]!.taken) {
        if (!isOurs) {
          // The shell that ends the server of a killed Reeve may be about to: a server that is ending drops us now.
          await wait(50)
          await client.query('select 1')
        }
        let released = false
        return {
          lost: lost.then(() => (released ? new Promise<void>(() => {}) : undefined)),
          release: async () => {
            released = true
            await client.end().catch(() => {})
          },
        }
      }
      const holder = await holderOf(client)
      await client.end()
      if (holder === null) continue
      if (performance.now() > begun + (isAlive(holder) ? DYING : LETTING_GO)) {
        throw new ReeveError(
          'store/in-use',
          `starting in ${folder}: process ${holder} of reeve is using it; stop that one, or give another folder with --data`,
          { fields: { pid: holder } },
        )
      }
    } catch (error) {
      await client.end().catch(() => {})
      if (error instanceof ReeveError) throw error
      const { code } = error as { code?: string }
      if (code !== undefined && !NOT_YET.has(code)) throw error
    }
    if (!alive() || performance.now() > until) return null
    await wait(pause)
  }
}

async function holderOf(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query<{ name: string }>(`
    select application_name as name from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and objid = ${LOCK} and granted`)
  return rows[0] ? Number(rows[0].name.split(' ')[1]) : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
