import { type PostgresEstate, postgresEstate } from './estate.ts'
import { readRights } from './rights.ts'

/** A server by files of its databases, as `psql -XAt -f rights.sql` writes them. Errors as of `readRights`. */
export const openPostgres = async (files: readonly string[]): Promise<PostgresEstate> =>
  postgresEstate(await readRights(files))
