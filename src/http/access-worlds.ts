import { createHash } from 'node:crypto'
import { type AwsWorld, awsWorld, type EscalationRow, escalate, postgresWorlds, type World } from '../access/index.ts'
import type { Db } from '../platform/index.ts'
import { type Collected, collectedMark, type PastDatabase, readCollected } from '../read/index.ts'

/** What is asked: one moment of the estate, compiled. */
export interface Moments {
  db: Db
  now: Date
  /** Every system that can be asked, AWS first. */
  worlds: readonly World[]
  aws: AwsWorld
  postgres: Read
  hosts: Read
  /** Changes when anything that the answers lean on does. */
  digest: string
  /** How everybody could become more; worked out when it is first asked for. */
  escalation(): Promise<EscalationRow[]>
  /** Another moment of the same estate. */
  at(asOf: Date): Promise<Moments>
}

/** What dates in conditions mean moves on: an estate is not asked for longer than this without being compiled anew. */
const FRESH_MS = 900_000
const MOST_PASTS = 2

interface Read {
  collected: Collected
  digest: string
}

async function collectedOf(db: Db, system: string): Promise<Read> {
  const collected = await readCollected(db, system)
  return { collected, digest: createHash('sha256').update(JSON.stringify(collected)).digest('base64') }
}

/** Estates as they are now and were at moments that were asked for, each compiled once. */
export class Worlds {
  readonly #db: Db
  readonly #past: PastDatabase
  #present: { mark: string | null; moments: Moments } | undefined
  #waiting: Promise<Moments> | undefined
  readonly #pasts = new Map<number, Promise<Moments>>()

  constructor(db: Db, past: PastDatabase) {
    this.#db = db
    this.#past = past
  }

  at(asOf: Date | null, now: Date): Promise<Moments> {
    if (asOf === null) {
      // Whoever asks while it is compiled waits for the same one.
      this.#waiting ??= this.#now(now).finally(() => {
        this.#waiting = undefined
      })
      return this.#waiting
    }
    const time = asOf.getTime()
    const known = this.#pasts.get(time) ?? this.#compile(this.#past.at(asOf), asOf)
    this.#pasts.delete(time)
    this.#pasts.set(time, known)
    known.catch(() => this.#pasts.delete(time))
    if (this.#pasts.size > MOST_PASTS) this.#pasts.delete(this.#pasts.keys().next().value!)
    return known
  }

  async #now(now: Date): Promise<Moments> {
    const mark = await collectedMark(this.#db)
    const present = this.#present
    if (present && present.mark === mark && now.getTime() - present.moments.now.getTime() < FRESH_MS)
      return present.moments
    const moments = await this.#compile(this.#db, now, present?.moments)
    this.#present = { mark, moments }
    return moments
  }

  async #compile(db: Db, now: Date, before?: Moments): Promise<Moments> {
    const { collected, digest } = await collectedOf(db, 'aws')
    const [postgres, hosts] = [await collectedOf(db, 'postgres'), await collectedOf(db, 'host')]
    // A read that changed nothing leaves what was worked out as it is.
    if (
      before?.digest === digest &&
      before.postgres.digest === postgres.digest &&
      before.hosts.digest === hosts.digest &&
      now.getTime() - before.now.getTime() < FRESH_MS
    )
      return before
    const aws = await awsWorld(collected, now.getTime())
    let escalation: Promise<EscalationRow[]> | undefined
    return {
      db,
      now,
      worlds: [aws, ...postgresWorlds(postgres.collected)],
      aws,
      postgres,
      hosts,
      digest,
      escalation: () => {
        escalation ??= escalate(aws.aws).then(({ rows }) => rows)
        return escalation
      },
      at: (asOf) => this.at(asOf, now),
    }
  }
}
