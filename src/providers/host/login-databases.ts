import { DatabaseSync } from 'node:sqlite'
import { USER, type UtmpRecord } from './utmp.ts'

/** Debian 13 and SUSE keep logins in SQLite (wtmpdb, lastlog2), since the old records end in 2038. */

const MOST_ROWS = 200_000
/** Of the `Type` column of wtmpdb. */
const BOOTED = 1
const LOGGED_IN = 3

/** Logins and boots of wtmpdb; null for a file that is not such a database. */
export function parseWtmpdb(bytes: Uint8Array): UtmpRecord[] | null {
  return query(
    bytes,
    `SELECT Type, User, Login, TTY, RemoteHost FROM wtmp ORDER BY Login DESC LIMIT ${MOST_ROWS}`,
    (row) => {
      const at = Number(row['Login']) / 1000
      if (!Number.isFinite(at) || at <= 0) return []
      const type = row['Type'] === LOGGED_IN ? USER : row['Type'] === BOOTED ? 2 : null
      return type === null
        ? []
        : [
            {
              type,
              pid: 0,
              user: text(row['User']),
              line: text(row['TTY']),
              host: text(row['RemoteHost']),
              at: Math.round(at),
            },
          ]
    },
  )
}

export function parseLastlog2(bytes: Uint8Array): { user: string; at: number; line: string; host: string }[] | null {
  return query(bytes, `SELECT Name, Time, TTY, RemoteHost FROM Lastlog2 LIMIT ${MOST_ROWS}`, (row) => {
    const at = Number(row['Time']) * 1000
    return Number.isFinite(at) && at > 0
      ? [{ user: text(row['Name']), at, line: text(row['TTY']), host: text(row['RemoteHost']) }]
      : []
  })
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function query<T>(bytes: Uint8Array, sql: string, read: (row: Record<string, unknown>) => T[]): T[] | null {
  const copy = Uint8Array.from(bytes)
  // A copy in memory has no write-ahead log: bytes 18 and 19 say whether one is expected.
  if (copy.length > 20) copy.fill(1, 18, 20)
  const database = new DatabaseSync(':memory:')
  try {
    database.deserialize(copy)
    return (database.prepare(sql).all() as Record<string, unknown>[]).flatMap(read)
  } catch {
    return null
  } finally {
    database.close()
  }
}
