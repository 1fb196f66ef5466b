/** Puts a paper together from what is stored, of the moment at which the estate was last judged. */
import {
  frameworks,
  type Paper,
  type PaperFramework,
  type PostureReport,
  rules,
  storedPosture,
} from '../assess/index.ts'
import { loadSources } from '../graph/index.ts'
import { readExecutive, readFramework, readThings } from '../read/index.ts'
import type { Serving } from './app.ts'

export async function paperOf(app: Serving, framework?: string): Promise<Paper> {
  const { db } = app
  const roll = await app.rolls.current()
  const [executive, things, { sources }, shown] = await Promise.all([
    readExecutive(db, roll),
    readThings(db),
    loadSources(db),
    frameworksOf(app, framework),
  ])
  const report = await storedPosture(db, {
    title: 'Posture of non-human identities',
    asOf: executive.at,
    owned: roll.count('identity') - roll.countOf('identity', 'owner:none', executive.at ? Date.parse(executive.at) : 0),
    things: things.map(thing),
    ledger: sources.flatMap(({ lines }) => [...lines]),
    rules,
  })
  return { ...report, executive, frameworks: shown }
}

/** One standard, or all. Throws `framework/unknown`. */
export async function frameworksOf(app: Serving, framework?: string): Promise<PaperFramework[]> {
  const roll = await app.rolls.current()
  const ids = framework === undefined ? frameworks.map(({ id }) => id) : [framework]
  const pages: PaperFramework[] = []
  for (const id of ids) pages.push(await readFramework(app.db, roll, frameworks, id))
  return pages
}

const thing = ({
  says,
  because,
  fix,
  undo,
  owner: { accountable, suggested },
  more,
}: Awaited<ReturnType<typeof readThings>>[number]): PostureReport['things'][number] => ({
  says,
  because,
  fix,
  undo,
  more,
  owner:
    accountable?.name ??
    (suggested ? `${suggested.person.name} (suggested: ${suggested.because[0] ?? 'by evidence'})` : null),
})
