import type { Config } from '../client.ts'

/** The settings of a connection, from an address as drivers take it. */
export const settingsFrom = (url: string): Config => {
  const parsed = new URL(url.replace('postgres:///', 'postgres://localhost/'))
  const socket = parsed.searchParams.get('host')
  return {
    host: socket ?? parsed.hostname,
    port: Number(parsed.searchParams.get('port') ?? (parsed.port || 5432)),
    user: decodeURIComponent(parsed.searchParams.get('user') ?? parsed.username),
    password: decodeURIComponent(parsed.searchParams.get('password') ?? parsed.password) || undefined,
    database: parsed.pathname.slice(1),
    databases: [parsed.pathname.slice(1)],
    tls: 'prefer',
  }
}
