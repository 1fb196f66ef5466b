import { sql } from 'kysely'
import pg from 'pg'
import type { Log } from '../sdk/index.ts'
import { systemClock } from './clock.ts'
import type { Db } from './database.ts'

/**
 * Tells all processes on this database, at commit when called in a transaction. PostgreSQL carries at most 7999 bytes: send
 * ids, not things.
 */
export async function notify(db: Db, channel: string, payload: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(db)
}

export interface Listener {
  stop(): Promise<void>
}

/**
 * Calls `hear` for each notice until stopped, also after the database came back from a restart. Notices sent meanwhile are
 * lost, so `missed` is called after every gap: read afresh there. Resolves when it listens.
 */
export async function listen(
  url: string,
  channel: string,
  hear: (payload: string) => void,
  { log, missed }: { log: Log; missed?: () => void },
): Promise<Listener> {
  const stopping = new AbortController()
  let client: pg.Client | undefined

  /** Resolves when the connection ends. */
  const session = async (ready: () => void): Promise<void> => {
    client = new pg.Client({
      connectionString: url,
      application_name: `reeve listening on ${channel}`,
      keepAlive: true,
    })
    const ended = new Promise<void>((resolve) => client!.once('end', resolve))
    client.on('error', () => {})
    client.on('notification', (notice) => hear(notice.payload ?? ''))
    await client.connect()
    await client.query(`listen ${pg.escapeIdentifier(channel)}`)
    ready()
    await ended
  }

  const run = async (ready: () => void): Promise<void> => {
    await session(ready)
    for (let pause = 100; !stopping.signal.aborted; pause = Math.min(pause * 2, 5000)) {
      log.warn({ channel }, 'listening was interrupted; connecting again')
      await systemClock.sleep(pause, stopping.signal)
      if (stopping.signal.aborted) return
      await session(() => {
        pause = 50
        missed?.()
      }).catch((error) => log.debug({ channel, error }, 'connecting again failed'))
    }
  }

  await new Promise<void>((resolve, reject) => void run(resolve).catch(reject))
  return {
    async stop() {
      stopping.abort()
      await client?.end().catch(() => {})
    },
  }
}
