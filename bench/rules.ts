/**
 * A1: all rules over an estate, beside one sequential read of the same entities and edges out of PostgreSQL, both in
 * this process. Exact: a twin that asks each rule alone, over plain maps, gives the same verdict and words for every subject.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { evaluate, judgements, rules } from '../src/assess/index.ts'
import { migrations as graph, loadEstate } from '../src/graph/index.ts'
import { type Db, kyselyOver, migrate, openPool, startPostgres } from '../src/platform/index.ts'
import type { CheckContext, Edge, Entity, Neighbour, Outcome, Rule } from '../src/sdk/index.ts'
import { claim, finish, quick, timed } from './claims.ts'
import { inventedEstate, NOW } from './estate.ts'
import { readEstate } from './estate-reads.ts'

const IDENTITIES = quick ? 20_000 : 200_000
/** The best of so many is taken on both sides: what else the machine does only ever adds. */
const ROUNDS = quick ? 7 : 3
// As much room for short-lived objects as the judging thread has (assess/assessor.ts): it can only be given at the start.
const ROOM = '--max-semi-space-size=64'
if (!process.execArgv.includes(ROOM)) {
  const { status } = spawnSync(process.execPath, [ROOM, ...process.argv.slice(1)], { stdio: 'inherit' })
  process.exit(status ?? 1)
}

const remark = (text: string): void => void process.stderr.write(`${text}\n`)
const silent = { debug() {}, info() {}, warn() {}, error() {} }

const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-'))
const server = await startPostgres({
  folder,
  binariesFolder: fileURLToPath(new URL('../.runtime', import.meta.url)),
  log: silent,
})
const pool = openPool(server.url('postgres'), { max: 6 })
const db = kyselyOver(pool)
try {
  await migrate(db, [graph])
  const filled = await timed(() => readEstate({ db, pool }, IDENTITIES, { at: () => NOW }))
  const loaded = await timed(() => loadEstate(db))
  const estate = loaded.result
  remark(
    `${IDENTITIES} identities: stored in ${(filled.ms / 1000).toFixed(1)} s, loaded in ${(loaded.ms / 1000).toFixed(1)} s; ${rules.length} rules`,
  )

  const reads: number[] = []
  const evaluations: number[] = []
  let rows = 0
  let verdicts = 0
  for (let round = 0; round < ROUNDS; round++) {
    const read = await timed(() => sequentialRead(db))
    rows = read.result
    reads.push(read.ms)
    const evaluation = await timed(() => {
      let count = 0
      for (const { outcomes } of judgements(estate, rules, { now: NOW })) count += outcomes.length
      return count
    })
    verdicts = evaluation.result
    evaluations.push(evaluation.ms)
    remark(
      `round ${round + 1}: read ${rows} rows in ${read.ms.toFixed(0)} ms, ${verdicts} verdicts in ${evaluation.ms.toFixed(0)} ms`,
    )
  }
  const differences = compare(estate.entities(), edgesOf(), estate)
  remark(`${differences} differences from the twin`)
  claim({
    claim: 'A1',
    what: `${rules.length} rules, ${verdicts} verdicts over ${IDENTITIES} identities, against reading their ${rows} rows`,
    ours: Math.min(...evaluations),
    theirs: Math.min(...reads),
    unit: 'ms',
    ratio: Math.min(...reads) / Math.min(...evaluations),
    floor: 0.5,
    exact: differences === 0,
  })
} finally {
  await pool.end()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
finish()

/** The rows that an estate is made of, once through, in the driver's usual form. */
async function sequentialRead(on: Db): Promise<number> {
  let rows = 0
  await on.transaction().execute(async (tx) => {
    for (const query of [
      sql`select key, environment, sensitivity, tier, body from graph.node`,
      sql`select from_id, verb, to_id, attributes from graph.edge where valid_to is null`,
    ]) {
      await sql`declare reader no scroll cursor for ${query}`.execute(tx)
      for (;;) {
        const batch = await sql`fetch 10000 from reader`.execute(tx)
        rows += batch.rows.length
        if (batch.rows.length === 0) break
      }
      await sql`close reader`.execute(tx)
    }
  })
  return rows
}

function edgesOf(): Edge[] {
  const edges: Edge[] = []
  for (const { item } of inventedEstate(IDENTITIES)) if ('verb' in item) edges.push(item)
  return edges
}

/** Asks every rule about every subject in the most obvious way, and counts the verdicts that differ. */
function compare(
  entities: Iterable<Entity>,
  edges: readonly Edge[],
  estate: Awaited<ReturnType<typeof loadEstate>>,
): number {
  const described = new Map([...entities].map((entity) => [entity.key, entity]))
  const standsFor = (key: string): string => estate.get(key)?.key ?? key
  const sentences = new Map<string, Edge[]>()
  for (const { from, verb, to } of edges) {
    const edge = { from: standsFor(from), verb, to: standsFor(to) }
    for (const name of [`>${verb} ${edge.from}`, `<${verb} ${edge.to}`]) {
      const known = sentences.get(name)
      if (known) known.push(edge)
      else sentences.set(name, [edge])
    }
  }
  const ask = (rule: Rule, entity: Entity, context: CheckContext<unknown>): Outcome => {
    const along: Record<string, Neighbour[]> = {}
    for (const [name, path] of Object.entries(rule.along ?? {})) {
      let ends: { key: string; edge: Edge | null }[] = [{ key: entity.key, edge: null }]
      for (const step of path) {
        const found = ends.flatMap(({ key }) =>
          (sentences.get(`${step} ${key}`) ?? []).map((edge) => ({
            key: step.startsWith('>') ? edge.to : edge.from,
            edge,
          })),
        )
        ends = found.filter(({ key }, index) => found.findIndex((other) => other.key === key) === index)
      }
      along[name] = ends
        .map(({ key, edge }) => ({ key, entity: described.get(key) ?? null, edge: edge! }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    }
    const before = Object.fromEntries((rule.remembers ?? []).map((name) => [name, estate.before(entity.key, name)]))
    return rule.check({ entity, along, before }, context)
  }
  const contexts = new Map(rules.map((rule) => [rule.id, { now: NOW, params: rule.params?.parse({}) ?? {} }]))
  let differences = 0
  const verdicts = evaluate(estate, rules, { now: NOW })
  for (const entity of described.values()) {
    for (const rule of rules) {
      if (rule.about.kind !== entity.kind || (rule.about.types && !rule.about.types.includes(entity.type))) continue
      const { value } = verdicts.next()
      const outcome = ask(rule, entity, contexts.get(rule.id)!)
      if (
        !value ||
        value.rule !== rule ||
        value.subject.key !== entity.key ||
        JSON.stringify(value.outcome) !== JSON.stringify(outcome)
      ) {
        if (differences++ < 5)
          remark(
            `differs: ${rule.id} about ${entity.key}: ${JSON.stringify(value?.outcome)} and ${JSON.stringify(outcome)}`,
          )
      }
    }
  }
  return differences + (verdicts.next().done ? 0 : 1)
}
