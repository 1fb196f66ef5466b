import { sql } from 'kysely'
import type { z } from 'zod'
import { audit, type Db, type Tx } from '../platform/index.ts'

/** A decision of this installation, or what came of it last; null when there is none that can be read. */
export async function storedSetting<T>(
  db: Db,
  name: string,
  schema: z.ZodType<T>,
): Promise<{ value: T; at: Date; by: string } | null> {
  const { rows } = await sql<{ value: unknown; at: Date; by: string }>`
    select value, at, by from http.setting where name = ${name}`.execute(db)
  const parsed = schema.safeParse(rows[0]?.value)
  return rows[0] && parsed.success ? { ...rows[0], value: parsed.data } : null
}

export async function putSetting(
  tx: Tx | Db,
  { name, value, by, now }: { name: string; value: unknown; by: string; now: Date },
): Promise<void> {
  await sql`insert into http.setting (name, value, by, at) values (${name}, ${JSON.stringify(value)}, ${by}, ${now})
    on conflict (name) do update set value = excluded.value, by = excluded.by, at = excluded.at`.execute(tx)
}

/** A decision is audited with what was decided before. */
export async function decide(
  db: Db,
  { name, value, before, by, now }: { name: string; value: unknown; before: unknown; by: string; now: Date },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await putSetting(tx, { name, value, by, now })
    await audit.record(tx, { actor: by, action: 'setting.change', subject: name, before, after: value })
  })
}
