import type pg from 'pg'
import { PgBoss, type Queue } from 'pg-boss'
import { type Log, messageOf } from '../sdk/index.ts'
import { jobsDone } from './metrics.ts'

export interface Job<Data> {
  id: string
  data: Data
  /** Aborts when Reeve stops, or when the job ran out of time or lost its claim. */
  signal: AbortSignal
}

export interface QueueSettings {
  /** How many are worked on at once by this process; 1 unless given. */
  concurrency?: number
  /** How often a failed job is tried again, with growing pauses; 3 unless given. */
  retries?: number
  /** Seconds until a job counts as hung; an hour unless given. */
  seconds?: number
  /** At most one job waits or runs per `singletonKey`; another `send` returns null. */
  exclusive?: boolean
}

export interface Jobs {
  /** Puts a job in the queue; null when the queue is exclusive and one with the key is there. `client`: in whose transaction. */
  send(
    queue: string,
    data: object,
    options?: { singletonKey?: string; startAfter?: Date; client?: pg.ClientBase },
  ): Promise<string | null>
  /** Handles the queue's jobs in this process. Effects may happen again after a crash: use `steps`, or check, then act. */
  work<Data extends object>(queue: string, handle: (job: Job<Data>) => Promise<void>): Promise<void>
  /** Sends `data` at the times of a cron line (UTC). The same queue and key replace what was scheduled. */
  schedule(queue: string, cron: string, data: object, options?: { key?: string }): Promise<void>
  unschedule(queue: string, key?: string): Promise<void>
  /** Takes a job that waits out of the queue, and aborts one that runs. */
  cancel(queue: string, id: string): Promise<void>
  /** Takes no more, aborts the signals of what runs, waits 8 seconds for it, and hands the rest to the next start. */
  stop(): Promise<void>
}

export interface JobsOptions {
  url: string
  log: Log
  /** No other Reeve shares the database: what is active at the start belongs to a process that died, and starts again at once. */
  alone?: boolean
  /** Queues that are not as the defaults have it; whoever only sends must say the same as who works. */
  queues?: Readonly<Record<string, QueueSettings>>
}

/** How soon another process takes over what a dead one was doing. */
const HEARTBEAT_SECONDS = 20

export async function startJobs({ url, log, alone = false, queues = {} }: JobsOptions): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'reeve jobs',
    schema: 'pgboss',
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
  })
  boss.on('error', (error) => log.warn({ error }, 'the job queue lost its database for a moment'))
  await boss.start()
  if (alone) await releaseActive(boss, log)

  const stopping = new AbortController()
  const declared = new Map<string, Promise<void>>()
  const declare = (name: string): Promise<void> => {
    const known = declared.get(name)
    if (known) return known
    const made = declareQueue(boss, name, queues[name] ?? {})
    declared.set(name, made)
    return made
  }

  return {
    async send(queue, data, { singletonKey, startAfter, client } = {}) {
      await declare(queue)
      return boss.send(queue, data, {
        ...(singletonKey !== undefined && { singletonKey }),
        ...(startAfter && { startAfter }),
        ...(client && {
          db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values as unknown[]) },
        }),
      })
    },
    async work<Data extends object>(queue: string, handle: (job: Job<Data>) => Promise<void>) {
      await declare(queue)
      const options = {
        batchSize: 1,
        localConcurrency: queues[queue]?.concurrency ?? 1,
        pollingIntervalSeconds: 2,
        notifyPollingIntervalSeconds: 2,
      } as const
      await boss.work<Data>(queue, options, async ([job]) => {
        const signal = AbortSignal.any([job!.signal, stopping.signal])
        try {
          await handle({ id: job!.id, data: job!.data, signal })
          jobsDone.inc({ queue, outcome: 'done' })
        } catch (error) {
          jobsDone.inc({ queue, outcome: stopping.signal.aborted ? 'interrupted' : 'failed' })
          if (!stopping.signal.aborted) log.error({ queue, job: job!.id, error }, 'a job failed')
          // Nothing of the error but its words goes into the queue's table.
          throw new Error(messageOf(error))
        }
      })
    },
    async schedule(queue, cron, data, { key } = {}) {
      await declare(queue)
      await boss.schedule(queue, cron, data, { tz: 'UTC', missed: 'once', ...(key !== undefined && { key }) })
    },
    unschedule: (queue, key) => boss.unschedule(queue, key),
    async cancel(queue, id) {
      await boss.cancel(queue, id)
    },
    async stop() {
      stopping.abort(new Error('reeve is stopping'))
      await boss.stop({ graceful: true, timeout: 8000, close: true })
    },
  }
}

async function declareQueue(boss: PgBoss, name: string, settings: QueueSettings): Promise<void> {
  const options: Omit<Queue, 'name'> = {
    policy: settings.exclusive ? 'exclusive' : 'standard',
    retryLimit: settings.retries ?? 3,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 600,
    expireInSeconds: settings.seconds ?? 3600,
    deleteAfterSeconds: 7 * 86_400,
    notify: true,
  }
  await boss.createQueue(name, { ...options, heartbeatSeconds: HEARTBEAT_SECONDS })
  const { policy: _, retryDelayMax: __, ...changeable } = options
  await boss.updateQueue(name, changeable)
}

async function releaseActive(boss: PgBoss, log: Log): Promise<void> {
  const { rows } = await boss
    .getDb()
    .executeSql(`select name, array_agg(id) as ids from pgboss.job where state = 'active' group by name`)
  for (const { name, ids } of rows as { name: string; ids: string[] }[]) {
    await boss.fail(name, ids, { message: 'the process that worked on it died' })
    log.info({ queue: name, jobs: ids.length }, 'jobs of a process that died start again')
  }
}
