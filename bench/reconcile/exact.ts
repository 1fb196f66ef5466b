import { hash } from 'node:crypto'
import type pg from 'pg'
import Cursor from 'pg-cursor'
import { edges, entities, nodeOf } from './estate.ts'

/** Is every open row what the items say, and every node their union? Compared as sums of digests, so that memory stays flat. */
export async function isExact(pool: pg.Pool, version: number): Promise<boolean> {
  const said = { entities: sums(), edges: sums(), nodes: sums() }
  const seen = new Set<string>()
  for (const item of entities(version)) {
    said.entities.add(`${item.key} ${stable(item)}`)
    said.nodes.add(nodeOf(item))
  }
  for (const item of edges(version)) {
    const sentence = `${item.from} ${item.verb} ${item.to} ${stable(item.attributes ?? null)}`
    const digest = hash('md5', sentence, 'base64').slice(0, 12)
    if (seen.has(digest)) continue
    seen.add(digest)
    said.edges.add(sentence)
  }
  const kept = { entities: sums(), edges: sums(), nodes: sums() }
  await each(
    pool,
    `select k.key, e.body from graph.entity e join graph.key k on k.id = e.key_id where valid_to is null`,
    (row) => kept.entities.add(`${row.key} ${stable({ key: row.key, ...row.body })}`),
  )
  await each(
    pool,
    `select f.key as "from", e.verb, t.key as "to", e.attributes from graph.edge e join graph.key f on f.id = e.from_id
      join graph.key t on t.id = e.to_id where valid_to is null`,
    (row) => kept.edges.add(`${row.from} ${row.verb} ${row.to} ${stable(row.attributes)}`),
  )
  await each(
    pool,
    `select n.key, n.kind, n.type, n.name, n.environment, n.tier, n.credentials, c.key as container, n.last_used,
      array(select k.key from graph.key k where k.id = any(n.owners) order by 1) as owners
      from graph.node n left join graph.key c on c.id = n.container`,
    (row) =>
      kept.nodes.add(
        [
          row.key,
          row.kind,
          row.type,
          row.name,
          row.environment,
          row.tier,
          row.credentials,
          row.container,
          row.last_used?.toISOString() ?? null,
          row.owners,
        ].join('|'),
      ),
  )
  const same = (['entities', 'edges', 'nodes'] as const).filter((what) => `${said[what]}` === `${kept[what]}`)
  if (same.length < 3)
    process.stderr.write(
      `differs: ${['entities', 'edges', 'nodes'].filter((what) => !same.includes(what as 'nodes'))} ${said.nodes} ${kept.nodes}`,
    )
  return same.length === 3
}

function sums() {
  let count = 0
  let sum = 0n
  return {
    add(text: string) {
      count++
      sum = BigInt.asUintN(64, sum + hash('md5', text, 'buffer').readBigUInt64LE())
    },
    toString: () => `${count}:${sum}`,
  }
}

interface Row {
  [column: string]: unknown
  body?: object
  last_used?: Date | null
}

async function each(pool: pg.Pool, query: string, take: (row: Row) => void): Promise<void> {
  const client = await pool.connect()
  const cursor = client.query(new Cursor(query))
  for (;;) {
    const rows = await cursor.read(5000)
    if (rows.length === 0) break
    for (const row of rows) take(row)
  }
  await cursor.close()
  client.release()
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
