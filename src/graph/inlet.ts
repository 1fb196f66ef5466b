import { once } from 'node:events'
import type pg from 'pg'
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams'
import { messageOf, ReeveError } from '../sdk/index.ts'

/** Characters a chunk of rows has before it goes to the database. */
const CHUNK = 1 << 16

/** Rows on their way into one table, through as many COPY commands as there are calls of `close`. */
export class Inlet {
  readonly #pool: pg.Pool
  readonly #target: string
  #rows = ''
  #copy: Promise<Copy> | undefined
  #tail = Promise.resolve()

  constructor(pool: pg.Pool, target: string) {
    this.#pool = pool
    this.#target = target
  }

  get full(): boolean {
    return this.#rows.length >= CHUNK
  }

  push(row: string): void {
    this.#rows += row
  }

  /** Hands the rows on; in order, however many wait. */
  drain(): Promise<void> {
    if (this.#rows === '') return this.#tail
    const rows = this.#rows
    this.#rows = ''
    this.#copy ??= startCopy(this.#pool, this.#target)
    const copy = this.#copy
    this.#tail = this.#tail.then(async () => (await copy).write(rows))
    this.#tail.catch(() => {})
    return this.#tail
  }

  /** Commits what was pushed so far. */
  async close(): Promise<void> {
    const written = this.drain()
    const copy = this.#copy
    this.#copy = undefined
    this.#tail = Promise.resolve()
    await written
    await (await copy)?.end()
  }

  async abort(): Promise<void> {
    this.#rows = ''
    const copy = this.#copy
    this.#copy = undefined
    await (await copy)?.abort()
  }
}

interface Copy {
  write(rows: string): Promise<void>
  end(): Promise<void>
  abort(): Promise<void>
}

async function startCopy(pool: pg.Pool, target: string): Promise<Copy> {
  const client = await pool.connect()
  let failure: Error | undefined
  const onError = (error: Error) => {
    failure ??= error
  }
  client.on('error', onError)
  const stream: CopyStreamQuery & NodeJS.WritableStream = client.query(copyFrom(`copy ${target} from stdin`))
  stream.on('error', onError)
  let released = false
  const release = (error?: Error) => {
    if (released) return
    released = true
    client.off('error', onError)
    client.release(error)
  }
  const failed = (error: unknown): ReeveError => {
    release(error as Error)
    return new ReeveError('graph/stage', `the database did not take what was read: ${messageOf(error)}`, {
      cause: error,
    })
  }
  return {
    async write(rows) {
      if (failure) throw failed(failure)
      try {
        if (!stream.write(rows, 'utf8')) await once(stream, 'drain')
      } catch (error) {
        throw failed(error)
      }
    },
    async end() {
      if (failure) throw failed(failure)
      try {
        const finished = once(stream, 'finish')
        stream.end()
        await finished
        release()
      } catch (error) {
        throw failed(error)
      }
    },
    async abort() {
      release(new Error('the stage was discarded'))
    },
  }
}
