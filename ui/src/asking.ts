/** Questions to the server: the path is the name of the answer. */
import { hashKey, keepPreviousData, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { asked, asOfHere, useAsOf } from './address.tsx'
import { ask, Problem } from './http.ts'
import type { Frame } from './nouns.ts'

export const answers = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (times, error) => times < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
      refetchOnWindowFocus: true,
      queryFn: ({ queryKey, signal }) => ask(queryKey[0] as string, { signal }),
      // Answers of an earlier day are never taken for those of now.
      queryKeyHashFn: (key) => `${asOfHere() ?? ''} ${hashKey(key)}`,
    },
  },
})

/**
 * `keep`: while another question of the page is asked, the old answer stays, dimmed. What is asked while an earlier day is shown is
 * asked of that day, which changes no more; `now`: of now all the same.
 */
export function useAnswer<T>(
  path: string | null,
  options: { every?: number | false; keep?: boolean; now?: boolean } = {},
): UseQueryResult<T, Error> {
  const day = useAsOf()
  const asOf = options.now ? null : day
  return useQuery<T, Error>({
    queryKey: [path === null ? null : asked(path, asOf)],
    enabled: path !== null,
    ...(options.now ? { queryFn: ({ signal }) => ask<T>(path!, { signal, now: true }) } : {}),
    refetchInterval: asOf === null && (options.every ?? false),
    ...(asOf === null ? {} : { staleTime: Number.POSITIVE_INFINITY, retryOnMount: false, refetchOnWindowFocus: false }),
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  })
}

/** Whatever was answered about these places is asked again when next shown. */
export function forget(...starts: string[]): Promise<void> {
  return answers.invalidateQueries({
    predicate: ({ queryKey }) =>
      starts.some((start) => typeof queryKey[0] === 'string' && queryKey[0].startsWith(start)),
  })
}

/** The day that is looked back to, or null; and why it cannot be shown. */
export function useThen(): { asOf: string | null; refused: Error | null; frame: Frame | undefined } {
  const asOf = useAsOf()
  const { data, error } = useAnswer<Frame>(asOf === null ? null : '/v1/frame')
  return { asOf, refused: asOf === null ? null : error, frame: asOf === null ? undefined : data }
}

/** What stands around the page, of the day that is shown; of now where that day cannot be. */
export function useFrame(): Frame | undefined {
  const { asOf, refused, frame } = useThen()
  const now = useAnswer<Frame>(asOf === null || refused ? '/v1/frame' : null, { every: 30_000, now: true })
  return frame ?? now.data
}

const RANK = { viewer: 0, owner: 1, operator: 2, admin: 3 } as const
/** May the person who is signed in do what a role of this rank may? Nobody may while an earlier day is shown: the frame says so. */
export const useMay = (role: 'owner' | 'operator' | 'admin'): boolean => {
  const frame = useFrame()
  const asOf = useAsOf()
  return asOf === null && frame !== undefined && RANK[frame.user.role] >= RANK[role]
}
