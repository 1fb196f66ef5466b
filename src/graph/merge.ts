import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'

/**
 * Credentials with one keyed fingerprint are one credential, whatever their keys: each of the others gets the key that stands for
 * it (a native key before `credential:<fingerprint>`), and the edges follow. When a description that said so is gone, the keys
 * part again. `sameCredentials` in unite.ts does the same in memory.
 *
 * Reads `entity_delta`; adds to `touched` every node that gained or lost a description by it.
 */
export async function mergeCredentials(tx: Tx): Promise<void> {
  const { rows } = await sql<{ any: boolean }>`select exists
    (select from entity_delta where fingerprint is not null or old_fingerprint is not null) as any`.execute(tx)
  if (!rows[0]!.any) return
  // The groups that may have changed: by fingerprints said or unsaid now, or said by others of the keys concerned.
  await sql`create temp table changed_print on commit drop as
    select fingerprint from entity_delta where fingerprint is not null
    union select old_fingerprint from entity_delta where old_fingerprint is not null
    union select e.fingerprint from entity_delta d join graph.entity e on e.key_id = d.key_id
      where e.valid_to is null and e.fingerprint is not null
        and (d.fingerprint is not null or d.old_fingerprint is not null)`.execute(tx)
  await sql`analyze changed_print`.execute(tx)
  await sql`create temp table member on commit drop as
    select e.key_id, min(e.fingerprint) as fingerprint from graph.entity e
    where e.valid_to is null and e.fingerprint is not null and e.key_id in
      (select o.key_id from graph.entity o join changed_print p using (fingerprint) where o.valid_to is null)
    group by e.key_id`.execute(tx)
  await sql`create temp table moved on commit drop as
    with standing as (select distinct on (m.fingerprint) m.fingerprint, m.key_id
      from member m join changed_print using (fingerprint) join graph.key k on k.id = m.key_id
      order by m.fingerprint, k.key like 'credential:%', k.key)
    select k.id, coalesce(k.same_as, k.id) as was, coalesce(s.key_id, k.id) as "is"
    from (select key_id from member union select key_id from entity_delta where old_fingerprint is not null) c
    join graph.key k on k.id = c.key_id left join member m on m.key_id = k.id left join standing s using (fingerprint)
    where (m.key_id is null or s.key_id is not null) and coalesce(s.key_id, k.id) <> coalesce(k.same_as, k.id)`.execute(
    tx,
  )
  await sql`update graph.key k set same_as = nullif(m."is", m.id) from moved m where k.id = m.id`.execute(tx)
  await sql`update graph.edge e set from_id = m."is" from moved m where e.from_id = m.was and e.from_key = m.id`.execute(
    tx,
  )
  await sql`update graph.edge e set to_id = m."is" from moved m where e.to_id = m.was and e.to_key = m.id`.execute(tx)
  await sql`insert into touched select was from moved union select "is" from moved union select id from moved
    on conflict do nothing`.execute(tx)
}
