import { type Listener, listen } from '../platform/index.ts'
import { progressOf, stampOf } from '../read/index.ts'
import { messageOf } from '../sdk/index.ts'
import type { App } from './app.ts'

export interface Announcement {
  /** `run`: a read of a source and what it has so far. `estate`: entities, verdicts or decisions changed; ask again. */
  event: 'run' | 'estate'
  data: unknown
}

const EVERY = 1_000

/** What happened, for whoever listens; one look a second for all of them, and none while nobody does. */
export class Announcements {
  readonly #app: App
  readonly #hearers = new Set<(said: Announcement) => void>()
  #ticking: Promise<void> | undefined
  #listener: Listener | undefined
  readonly #stopping = new AbortController()

  constructor(app: App) {
    this.#app = app
  }

  get hearers(): number {
    return this.#hearers.size
  }

  /** Returns how to stop hearing. */
  hear(hearer: (said: Announcement) => void): () => void {
    this.#hearers.add(hearer)
    this.#ticking ??= this.#tick().finally(() => (this.#ticking = undefined))
    return () => this.#hearers.delete(hearer)
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#hearers.clear()
    await this.#listener?.stop()
    await this.#ticking
  }

  #say(said: Announcement): void {
    for (const hearer of this.#hearers) hearer(said)
  }

  async #tick(): Promise<void> {
    const { db, clock, log, databaseUrl } = this.#app
    let stamp: string | undefined
    let running: string[] = []
    while (this.#hearers.size > 0 && !this.#stopping.signal.aborted) {
      try {
        this.#listener ??= await listen(
          databaseUrl,
          'sync',
          (payload) => this.#say({ event: 'run', data: JSON.parse(payload) }),
          { log },
        )
        const [now, progress] = await Promise.all([stampOf(db), progressOf(db)])
        if (stamp !== undefined && stamp !== now) this.#say({ event: 'estate', data: {} })
        stamp = now
        // A run that has just ended is told once more, with its last figures.
        const live = progress.filter(
          ({ state, run }) => run !== null && (state === 'running' || state === 'waiting' || running.includes(run)),
        )
        for (const one of live)
          this.#say({
            event: 'run',
            data: { run: one.run, connection: one.connection, state: one.state, progress: one },
          })
        running = live.flatMap(({ run, state }) =>
          run !== null && (state === 'running' || state === 'waiting') ? [run] : [],
        )
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'looking for what to announce failed')
      }
      await clock.sleep(EVERY, this.#stopping.signal)
    }
  }
}
