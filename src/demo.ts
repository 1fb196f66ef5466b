/** Brings Larkfield in: a year of ordinary reads and judgements under a clock set by hand, oldest first, and at last now. */
import { sql } from 'kysely'
import type { Assessor } from './assess/index.ts'
import {
  createConnection,
  type Discovery,
  isOutside,
  listConnections,
  providerOf,
  requestSync,
  runSync,
  updateConnection,
} from './discover/index.ts'
import type { DemoDesk, DemoState } from './http/index.ts'
import { audit, type Clock, type Db, type Jobs, steps } from './platform/index.ts'
import { demo } from './providers/index.ts'
import { ReeveError } from './sdk/index.ts'

const RUN = 'demo'
const DAY = 86_400_000
const SIDE_BY_SIDE = 4
const DEFAULT = { size: 300, seed: 1 }

/** Days before the day of the stories; each is one read of every system, so of a large estate there are fewer. */
const momentsFor = (size: number): number[] =>
  size <= 2_000
    ? [-365, -300, -240, -180, -120, -90, -60, -30, -14, -7, -2]
    : size <= 5_000
      ? [-365, -180, -60, -7]
      : [-90, -7]

interface Begun {
  size: number
  seed: number
  day: string
  actor: string
  moments: number[]
}

/**
 * Who asks for the demo asks here. What was begun goes on at the next start: moments that are done are not done again, and one that
 * was cut short is read again, which changes nothing that is there.
 */
export async function openDemo(
  discovery: Discovery,
  assessor: Pick<Assessor, 'judge'>,
  jobs: Pick<Jobs, 'work' | 'send'>,
  moments: (size: number) => number[] = momentsFor,
): Promise<DemoDesk> {
  const { db } = discovery.database
  if ((await stateOf(db))?.loading) await closeRuns(discovery)
  await jobs.work(RUN, ({ signal }) => load(discovery, assessor, signal))
  return {
    state: () => stateOf(db),
    async load(asked, actor) {
      const { size, seed } = { ...DEFAULT, ...asked }
      await begin(discovery, { size, seed, actor, moments: moments(size) })
      await jobs.send(RUN, {}, { singletonKey: RUN })
    },
  }
}

/** Is a year being read in? Then nothing else is judged, or verdicts of now would stand among those of then. */
export const isLoading = async (db: Db): Promise<boolean> => (await stateOf(db))?.loading ?? false

async function begin(discovery: Discovery, { size, seed, actor, moments }: Omit<Begun, 'day'>): Promise<void> {
  demo.check({ size, seed })
  const { db } = discovery.database
  const there = await stateOf(db)
  if (there) {
    if (there.size === size && there.seed === seed) return
    throw new ReeveError(
      'demo/there',
      `loading the demo: Larkfield is there with ${there.size} identities and seed ${there.seed}; remove it first with reeve demo --remove`,
    )
  }
  const real = (await listConnections(db)).filter((one) => isOutside(providerOf(discovery, one.provider)))
  if (real.length > 0) {
    throw new ReeveError(
      'demo/not-alone',
      `loading the demo: this installation reads ${real
        .map(({ label }) => label)
        .slice(0, 3)
        .join(
          ', ',
        )}, and what is invented never stands beside it; give the demo a folder of its own: reeve up --demo --data <folder>`,
    )
  }
  const day = discovery.clock.now().toISOString().slice(0, 10)
  const begun: Begun = { size, seed, day, actor, moments }
  await (await steps(db, RUN)).once('begin', async (tx) => {
    await audit.record(tx, { actor, action: 'demo.load', subject: 'larkfield', after: { size, seed, day } })
    return begun
  })
}

async function load(discovery: Discovery, assessor: Pick<Assessor, 'judge'>, signal: AbortSignal): Promise<void> {
  const { db } = discovery.database
  const state = await stateOf(db)
  if (!state?.loading) return
  await closeRuns(discovery)
  const journal = await steps(db, RUN)
  const begun = await journal.once<Begun>('begin', () => {
    throw new ReeveError('demo/none', 'loading the demo: it was removed meanwhile')
  })
  const midnight = Date.parse(`${begun.day}T00:00:00.000Z`)
  const now = discovery.clock.now().getTime()
  // Each before the day itself at six in the morning, and then the moment it is.
  for (const [place, days] of [...begun.moments, null].entries()) {
    const at = days === null ? now : midnight + days * DAY + DAY / 4
    await journal.outside(`moment ${place}`, () => readAll(discovery, begun, at, signal))
    await journal.outside(`judgement ${place}`, async () => {
      // The reads of a morning are over within the hour.
      await assessor.judge({ now: new Date(days === null ? at : at + DAY / 24) })
      return at
    })
  }
  await journal.outside('schedules', async () => {
    for (const [place, { connection }] of demo.providers.entries())
      await updateConnection(discovery, connection, { schedule: `${(place * 7 + 3) % 60} */6 * * *` }, begun.actor)
  })
  await journal.once('done', async () => true)
}

/** One read of every system that was connected by then, a few side by side. */
async function readAll(discovery: Discovery, begun: Begun, at: number, signal: AbortSignal): Promise<number> {
  const midnight = Date.parse(`${begun.day}T00:00:00.000Z`)
  const known = new Set((await listConnections(discovery.database.db)).map(({ id }) => id))
  const waiting = demo.providers.filter(({ since }) => midnight + since * DAY <= at).entries()
  const worker = async (): Promise<void> => {
    for (const [place, one] of waiting) {
      signal.throwIfAborted()
      // Systems are read some minutes apart, but for the moment it is now.
      await readOne(discovery, begun, one, known, at >= midnight ? at : at + place * 60_000, signal)
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
  return at
}

async function readOne(
  discovery: Discovery,
  { size, seed, day, actor }: Begun,
  { provider, connection }: (typeof demo.providers)[number],
  known: ReadonlySet<string>,
  at: number,
  signal: AbortSignal,
): Promise<void> {
  const then = underClock(discovery, { ...discovery.clock, now: () => new Date(at) })
  if (!known.has(connection)) {
    if (!(await isLoading(discovery.database.db))) throw new ReeveError('demo/none', 'loading the demo: it was removed')
    const settings = { size, seed, day }
    await createConnection(then, { provider: provider.id, id: connection, settings, schedule: null }, actor)
  }
  await runSync(then, await requestSync(then, connection, actor), signal)
}

/** Without its queue, so that nobody else takes the run up at another time. */
const underClock = (discovery: Discovery, clock: Clock): Discovery => ({
  ...discovery,
  clock,
  jobs: undefined,
  onApplied: undefined,
  createRun: (signal) => ({ ...discovery.createRun(signal), now: () => clock.now() }),
})

/** A run that was cut short is not taken up at the time it is now: its moment is read again. */
async function closeRuns({ database, clock }: Discovery): Promise<void> {
  const error = JSON.stringify({ code: 'demo/interrupted', message: 'it was cut short, and was done again' })
  await sql`update discover.run set state = 'failed', ended_at = ${clock.now()}, error = ${error}
    where state in ('waiting', 'running') and connection = any(${demo.providers.map(({ connection }) => connection)})`.execute(
    database.db,
  )
}

async function stateOf(db: Db): Promise<DemoState | null> {
  const { rows } = await sql<{ name: string; result: Begun }>`
    select name, result from platform.step where run = ${RUN} and (name in ('begin', 'done') or name like 'judgement %')`.execute(
    db,
  )
  const begun = rows.find(({ name }) => name === 'begin')?.result
  if (!begun) return null
  const { size, seed, day, moments } = begun
  const read = rows.filter(({ name }) => name.startsWith('judgement ')).length
  return { size, seed, day, loading: !rows.some(({ name }) => name === 'done'), moments: moments.length + 1, read }
}
