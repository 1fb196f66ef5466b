import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { ReeveError } from '../sdk/index.ts'
import type { Db, Tx } from './database.ts'

export interface Steps {
  /**
   * Runs `action` if this run has not done the step, and returns its result, now or then. What it does through `tx` is done
   * exactly once: it commits together with the note that it was done. The result must survive JSON.
   */
  once<Result>(name: string, action: (tx: Tx) => Promise<Result>): Promise<Result>
  /**
   * The same for what lies outside the database, which no transaction covers: after a crash between act and note it runs again.
   * So look first whether it is done already, then act.
   */
  outside<Result>(name: string, action: () => Promise<Result>): Promise<Result>
}

/**
 * The journal of one run of a job, by which it goes on after a crash where it stood. Opening takes the run over: whoever had it
 * before can commit no further step (`jobs/taken-over`).
 */
export async function steps(db: Db, run: string): Promise<Steps> {
  const holder = randomUUID()
  await sql`insert into platform.step_run (run, holder) values (${run}, ${holder})
    on conflict (run) do update set holder = excluded.holder, taken = now()`.execute(db)

  const fenced = <Result>(name: string, action: (tx: Tx) => Promise<Result>): Promise<Result> =>
    db.transaction().execute(async (tx) => {
      const { rows } = await sql<{
        holder: string
      }>`select holder from platform.step_run where run = ${run} for update`.execute(tx)
      if (rows[0]?.holder !== holder)
        throw new ReeveError('jobs/taken-over', `doing ${name} of ${run}: another process took the run over`)
      const done = await resultOf<Result>(tx, run, name)
      if (done) return done.result
      const result = await action(tx)
      await sql`insert into platform.step (run, name, result) values (${run}, ${name}, ${JSON.stringify(result) ?? null}::jsonb)`.execute(
        tx,
      )
      return result
    })

  return {
    once: fenced,
    async outside(name, action) {
      const done = await resultOf<Awaited<ReturnType<typeof action>>>(db, run, name)
      if (done) return done.result
      const result = await action()
      return fenced(name, async () => result)
    },
  }
}

/** The run is over and its notes are not needed any more. */
export async function forgetSteps(db: Db, run: string): Promise<void> {
  await sql`delete from platform.step_run where run = ${run}`.execute(db)
}

async function resultOf<Result>(db: Db, run: string, name: string): Promise<{ result: Result } | undefined> {
  const { rows } = await sql<{
    result: Result
  }>`select result from platform.step where run = ${run} and name = ${name}`.execute(db)
  return rows[0]
}
