import { hasBit } from '../bits.ts'
import { Escalation } from '../escalation.ts'
import { type RisingEdge, risingPaths } from '../rising-rows.ts'
import type { PostgresEstate } from './estate.ts'
import { postgresPowers } from './powers.ts'

export interface PostgresRow {
  principal: string
  login: boolean
  /** SUPERUSER now; what could make it one is a path. */
  isAdmin: boolean
  paths: RisingEdge[][]
}

/** How each role that somebody made could become more. */
export function risePostgres(estate: PostgresEstate): { rows: PostgresRow[]; warnings: readonly string[] } {
  const escalation = new Escalation(postgresPowers(estate))
  const rows = estate.roles.flatMap(({ name, login }, index): PostgresRow[] => {
    if (name.startsWith('pg_')) return []
    const isAdmin = hasBit(estate.superusers, index)
    return [{ principal: name, login, isAdmin, paths: isAdmin ? [] : risingPaths(escalation, estate.names, index) }]
  })
  return { rows, warnings: estate.warnings }
}
