type Source<T> = () => AsyncIterable<T>

/** So many items wait at most for who takes them. */
const ROOM = 256

/** Reads several sources at once, at most `parallel`, and gives what they yield as it comes. The first that throws ends all. */
export async function* merged<T>(
  sources: Iterable<Source<T>> | AsyncIterable<Source<T>>,
  parallel: number,
): AsyncGenerator<T> {
  const given = Symbol.asyncIterator in sources ? sources[Symbol.asyncIterator]() : sources[Symbol.iterator]()
  let waiting: T[] = []
  let failure: { error: unknown } | undefined
  let stopped = false
  let news = Promise.withResolvers<void>()
  let room = Promise.withResolvers<void>()

  const work = async (): Promise<void> => {
    while (!stopped) {
      const next = await given.next()
      if (next.done) return
      for await (const item of next.value()) {
        waiting.push(item)
        news.resolve()
        if (waiting.length >= ROOM) await room.promise
        if (stopped) return
      }
    }
  }
  let working = parallel
  for (let n = 0; n < parallel; n++) {
    work()
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => {
        working--
        news.resolve()
      })
  }
  try {
    for (;;) {
      if (waiting.length > 0) {
        const taken = waiting
        waiting = []
        room.resolve()
        room = Promise.withResolvers()
        yield* taken
      } else if (failure !== undefined) throw failure.error
      else if (working === 0) return
      else {
        await news.promise
        news = Promise.withResolvers()
      }
    }
  } finally {
    stopped = true
    room.resolve()
  }
}

/** The same pages, the next one asked for while the present one is worked on. */
export async function* ahead<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]()
  let next = iterator.next()
  for (;;) {
    const { done, value } = await next
    if (done) return
    next = iterator.next()
    // Whoever stops early does not wait for it, and its failure is then nobody's.
    next.catch(() => {})
    yield value
  }
}
