import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SERVERS, type Server } from '../testing/postgres.ts'
import { risePostgres } from './escalate.ts'
import { postgresEstate } from './estate.ts'
import { ESCALATIONS, type Escalation, named } from './testing/escalations.ts'
import { LOOK_ALIKES } from './testing/look-alikes.ts'

/**
 * Every way up that is told is gone on the server itself, and stops working when the server is told to take one thing away; what only
 * looks like a way up is tried too, and refused.
 */
for (const { version, missing, start } of SERVERS) {
  if (missing) console.info(missing)
  describe.skipIf(missing !== null)(`PostgreSQL ${version}`, () => {
    let server: Server
    let cases = 0
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.stop())

    /** A database and roles of its own for each case; names differ, so that none is found by its name. */
    async function plant({ setup }: Pick<Escalation, 'setup'>) {
      const mark = `c${++cases}`
      const admin = await server.session()
      const { rows } = await admin.query<{ folder: string }>(`select current_setting('data_directory') as folder`)
      const words = (text: string) => named(text, { mark, folder: rows[0]!.folder })
      for (const name of ['user', 'other', 'mid', 'boss'])
        await admin.query(words(`create role $${name} login ${name === 'boss' ? 'superuser' : ''}`))
      await admin.query(`create database ${mark}`)
      await admin.end()
      const inside = await server.session(undefined, mark)
      for (const statement of setup) await inside.query(words(statement))
      return { mark, words, inside }
    }
    const rise = async (mark: string, name = 'user') => {
      const { rows } = risePostgres(postgresEstate([await server.rights(mark)]))
      return rows.find(({ principal }) => principal === `${mark}_${name}`)!
    }
    const as = async (client: pg.Client, role: string, statements: readonly string[]): Promise<void> => {
      await client.query(`set session authorization ${role}`)
      try {
        for (const statement of statements) await client.query(statement)
      } finally {
        await client.query('rollback').catch(() => {})
        await client.query('reset session authorization')
        await client.query('reset role; reset search_path')
      }
    }

    test.for(
      ESCALATIONS.filter(({ since = 0, until = 99 }) => since <= version && version <= until).map(
        (one) => [one.name, one] as const,
      ),
    )(
      '%s',
      { timeout: 60_000 },
      async ([, { setup, steps, object, prove, meanwhile, proved, lose, ends = 'admin', depends = false }]) => {
        const { mark, words, inside } = await plant({ setup })
        try {
          const found = await rise(mark)
          const path = found.paths.find(
            (one) =>
              JSON.stringify(one.flatMap(({ actions }) => actions)) === JSON.stringify(steps) &&
              one.some((edge) => edge.object?.includes(words(object))),
          )
          expect(path, JSON.stringify(found.paths)).toBeDefined()
          expect(found.isAdmin).toBe(false)
          expect(path!.at(-1)!.to).toContain(words(ends))
          expect(path!.some((edge) => edge.dependsOn !== undefined)).toBe(depends)
          expect((await rise(mark, 'other')).paths.filter((one) => one.at(-1)!.to === 'admin')).toEqual([])
          await as(inside, `${mark}_user`, prove.map(words))
          if (meanwhile) await inside.query(words(meanwhile))
          if (proved) expect((await inside.query(words(proved))).rows).toEqual([{ proved: true }])
          await inside.query(words(`alter role $user nosuperuser`))
          for (const statement of lose) await inside.query(words(statement))
          expect((await rise(mark)).paths).toEqual([])
        } finally {
          await inside.end()
        }
      },
    )

    test.for(
      LOOK_ALIKES.filter(({ since = 0, until = 99 }) => since <= version && version <= until).map(
        (one) => [one.name, one] as const,
      ),
    )('no way up: %s', { timeout: 60_000 }, async ([, { setup, attempt, refused }]) => {
      const { mark, words, inside } = await plant({ setup })
      try {
        expect((await rise(mark)).paths).toEqual([])
        if (refused) await expect(as(inside, `${mark}_user`, attempt.map(words))).rejects.toThrow(refused)
        else await as(inside, `${mark}_user`, attempt.map(words))
        const { rows } = await inside.query(words(`select rolsuper from pg_roles where rolname = '$user'`))
        expect(rows).toEqual([{ rolsuper: false }])
      } finally {
        await inside.end()
      }
    })
  })
}
