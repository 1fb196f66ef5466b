/** Questions to the server: the path is the name of the answer. */
import { keepPreviousData, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { ask, Problem } from './http.ts'
import type { Frame } from './nouns.ts'

export const answers = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (times, error) => times < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
      refetchOnWindowFocus: true,
      queryFn: ({ queryKey, signal }) => ask(queryKey[0] as string, { signal }),
    },
  },
})

/** `keep`: while another question of the page is asked, the old answer stays, dimmed. */
export function useAnswer<T>(
  path: string | null,
  options: { every?: number | false; keep?: boolean } = {},
): UseQueryResult<T, Error> {
  return useQuery<T, Error>({
    queryKey: [path],
    enabled: path !== null,
    refetchInterval: options.every ?? false,
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

export const useFrame = (): Frame | undefined => useAnswer<Frame>('/v1/frame', { every: 30_000 }).data

const RANK = { viewer: 0, owner: 1, operator: 2, admin: 3 } as const
/** May the person who is signed in do what a role of this rank may? */
export const useMay = (role: 'owner' | 'operator' | 'admin'): boolean => {
  const frame = useFrame()
  return frame !== undefined && RANK[frame.user.role] >= RANK[role]
}
