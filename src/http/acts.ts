import type { Changing, Plans } from '../act/index.ts'
import { type Discovery, listConnections, listGrants, openActing, requestSync } from '../discover/index.ts'
import type { Clock, Db } from '../platform/index.ts'
import type { PlanWords } from '../read/index.ts'
import { type Action, OWNER_TAGS, ReeveError } from '../sdk/index.ts'

export interface Acting {
  db: Db
  clock: Clock
  discovery: Discovery
}

/** The connections through which owners can be written back, whether or not they have the grant for it. */
export async function changingOf({ db, discovery }: Pick<Acting, 'db' | 'discovery'>): Promise<Changing[]> {
  const [connections, grants] = await Promise.all([listConnections(db), listGrants(db)])
  const granted = new Set(grants.map(({ connection }) => connection))
  return connections.flatMap(({ id, provider }) => {
    const action = actionOf(discovery, provider)
    return action === undefined ? [] : [{ connection: id, action, granted: granted.has(id) }]
  })
}

const actionOf = ({ providers }: Discovery, provider: string, id = OWNER_TAGS): Action | undefined =>
  providers.find((one) => one.id === provider)?.acting?.actions.find((action) => action.id === id)

/** What the providers of these connections say of a change. */
export function wordsOf(changing: readonly Changing[]): PlanWords {
  const by = new Map(changing.map(({ connection, action }) => [connection, action]))
  return {
    byHand: (connection, { key, type, aliases, changes }) =>
      by.get(connection)?.byHand({ key, type, aliases }, changes) ?? [],
    needs: (connection, types) => [...new Set(types.flatMap((type) => by.get(connection)?.needs(type) ?? []))].sort(),
    granted: new Set(changing.filter(({ granted }) => granted).map(({ connection }) => connection)),
  }
}

/** What working plans off needs of discovery. */
export const plansOf = ({ db, clock, discovery }: Acting): Plans => ({
  db,
  clock,
  log: discovery.log,
  jobs: discovery.jobs,
  async open(connection, id, signal) {
    const { acting, actor, run, close } = await openActing(discovery, connection, signal)
    const action = acting.actions.find((one) => one.id === id)
    if (action) return { action, actor, run, close }
    await close()
    throw new ReeveError('plan/no-action', `changing something through ${connection}: it cannot do ${id} any more`)
  },
  async readAgain(connection) {
    await requestSync(discovery, connection, 'reeve')
  },
})
