import {
  type Collection,
  type Edge,
  type Entity,
  isEdge,
  messageOf,
  type Provider,
  Refused,
  type Run,
} from '../sdk/index.ts'
import { checkItem } from './check-item.ts'
import {
  type CollectionProgress,
  type CollectionResult,
  linesWith,
  permissionOf,
  progressOf,
  stateOf,
  unread,
  waiting,
} from './collection-result.ts'
import { createLedger, isWhole } from './ledger.ts'

/** Without a ledger: each collection gets its own. */
export type BaseRun = Omit<Run, 'ledger'>

export interface ReadOptions {
  run: BaseRun
  /** Where the items go, each checked. What it returns is awaited. A throw ends the whole read. */
  take(collection: string, item: Entity | Edge): Promise<void> | undefined
  /** A collection has ended and its last item was taken. */
  ended?(result: CollectionResult): Promise<void>
  /** Collections that need not be read again. */
  skip?: ReadonlySet<string>
  /** The live state of every collection: the same array each time, changed in place. Called at its first and last change too. */
  progress?(collections: readonly CollectionProgress[]): void
  /** How many collections are read at once; 4 unless given. */
  parallel?: number
  /** Seconds without an item or a word in the ledger after which a collection is given up; 300 unless given. */
  quietSeconds?: number
}

/**
 * Reads all collections of a provider, several at once, and keeps the ledger. What goes wrong in one collection is in its
 * result and stops no other; only `take` and `ended` can make it throw.
 */
export async function readProvider<Config, Client>(
  provider: Provider<Config, Client>,
  config: Config,
  options: ReadOptions,
): Promise<CollectionResult[]> {
  const { run, skip = new Set(), parallel = 4 } = options
  const collections = (provider.collections ?? []).filter((collection) => !skip.has(collection.id))
  const states = collections.map(({ id, title }) => waiting(id, title))
  const say = () => options.progress?.(states)
  say()

  let client: Client
  try {
    client = await provider.connect(config, { ...run, ledger: createLedger() })
  } catch (error) {
    const results = collections.map((collection) => unread(collection, run.signal.aborted ? undefined : error))
    for (const [index, result] of results.entries()) {
      Object.assign(states[index]!, stateOf(result))
      await options.ended?.(result)
    }
    say()
    return results
  }

  const results: CollectionResult[] = new Array(collections.length)
  // Several listings may describe one identity: it counts where it was described first.
  const counted = new Set<string>()
  let next = 0
  let failure: unknown
  const worker = async (): Promise<void> => {
    while (next < collections.length && failure === undefined) {
      const index = next++
      const collection = collections[index]!
      try {
        const result = run.signal.aborted
          ? unread(collection, undefined)
          : await readCollection(collection, client, options, states[index]!, counted, say)
        results[index] = result
        Object.assign(states[index]!, stateOf(result))
        await options.ended?.(result)
        say()
      } catch (error) {
        failure ??= error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker))
  await provider
    .disconnect?.(client)
    .catch((error) => run.log.debug({ error }, 'closing the connection to a source failed'))
  if (failure !== undefined) throw failure
  return results
}

async function readCollection<Client>(
  collection: Collection<Client>,
  client: Client,
  { run, take, quietSeconds = 300 }: ReadOptions,
  state: CollectionProgress,
  counted: Set<string>,
  say: () => void,
): Promise<CollectionResult> {
  const { id, title } = collection
  const counting = createLedger()
  const yields = new Set(collection.yields)
  const done = {
    id,
    title,
    yields: collection.yields,
    ...(collection.forgets && { forgets: collection.forgets }),
    entities: 0,
    identities: 0,
    edges: 0,
  }
  const ending = new AbortController()
  const signal = AbortSignal.any([run.signal, ending.signal])
  let heard = performance.now()
  let given: 'quiet' | 'cancelled' | undefined

  const ledger = {
    expect: (count: number, scope?: string) => {
      heard = performance.now()
      counting.expect(count, scope)
    },
    obtain: (count: number, scope?: string) => {
      heard = performance.now()
      counting.obtain(count, scope)
    },
    refuse: (reason: string, details?: { scope?: string; permission?: string; count?: number }) => {
      heard = performance.now()
      counting.refuse(reason, details)
    },
  }
  /** A request goes no longer than its collection. */
  const fetch: Run['fetch'] = (url, init) =>
    run.fetch(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal })
  const look = () =>
    Object.assign(state, progressOf(counting.lines()), {
      entities: done.entities,
      identities: done.identities,
      edges: done.edges,
    })

  let takeFailure: { error: unknown } | undefined
  /** Resolves with what the listing threw, if it did. */
  const pump = async (): Promise<{ error: unknown } | undefined> => {
    try {
      for await (const one of collection.read(client, { ...run, fetch, ledger, signal })) {
        heard = performance.now()
        if (given !== undefined) return undefined
        const checked = checkItem(one, yields)
        if ('fault' in checked) {
          counting.refuse(`an item was not as promised: ${checked.fault}`)
          continue
        }
        const { item } = checked
        if (isEdge(item)) done.edges++
        else {
          done.entities++
          if (item.kind === 'identity' && !counted.has(item.key)) {
            counted.add(item.key)
            done.identities++
          }
          counting.count()
        }
        try {
          const wait = take(id, item)
          if (wait) {
            await wait
            look()
            say()
          }
        } catch (error) {
          takeFailure = { error }
          return undefined
        }
      }
      return undefined
    } catch (error) {
      return { error }
    }
  }

  const { promise: expired, resolve: expire } = Promise.withResolvers<undefined>()
  const giveUp = (why: 'quiet' | 'cancelled') => {
    given ??= why
    ending.abort(new Error(why === 'quiet' ? `no answer in ${quietSeconds} s` : 'cancelled'))
    expire(undefined)
  }
  const onAbort = () => giveUp('cancelled')
  run.signal.addEventListener('abort', onAbort, { once: true })
  const watch = setInterval(
    () => {
      look()
      say()
      if (performance.now() - heard > quietSeconds * 1000) giveUp('quiet')
    },
    Math.min(500, quietSeconds * 250),
  )
  state.state = 'running'
  say()
  try {
    const thrown = await Promise.race([pump(), expired])
    if (takeFailure) throw takeFailure.error
    if (given === 'cancelled')
      return { ...done, state: 'cancelled', lines: linesWith(counting.lines(), 'the run was cancelled') }
    if (given === 'quiet')
      return { ...done, state: 'failed', lines: linesWith(counting.lines(), `did not answer in ${quietSeconds} s`) }
    if (thrown) {
      const { error } = thrown
      const state = error instanceof Refused ? 'refused' : 'failed'
      return { ...done, state, lines: linesWith(counting.lines(), messageOf(error), permissionOf(error)) }
    }
    const lines = counting.lines()
    return { ...done, state: lines.every(isWhole) ? 'complete' : 'partial', lines }
  } finally {
    clearInterval(watch)
    run.signal.removeEventListener('abort', onAbort)
  }
}
