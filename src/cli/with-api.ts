import type { Api } from './api.ts'
import type { Reeve } from './reeve.ts'

/** Lends a command the server, and lets go of it whatever happens. */
export async function withApi<T>(reeve: Reeve, use: (api: Api) => Promise<T>): Promise<T> {
  const api = await reeve.api()
  try {
    return await use(api)
  } finally {
    await api.close()
  }
}
