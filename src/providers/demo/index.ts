/** Larkfield, a company that does not exist, as a provider for each of its systems: an estate to look at and to measure by. */
import { type Collection, defineProvider, type Provider, Refused } from '../../sdk/index.ts'
import { itemsOf, truthsOf } from './estate.ts'
import { gaps, stopped } from './refusals.ts'
import { DAY, type World, worldOf } from './scene.ts'
import { checkAsked, Settings } from './settings.ts'
import { type Listing, type Slot, type System, systems } from './systems.ts'
import type { Labels } from './truth.ts'

/** Size, seed and the day of the stories; the estate is a function of them, of the system, and of the moment it is asked. */
export const demo = {
  check: checkAsked,
  /** One for each system, with the day, counted from that of the stories, on which it was connected. */
  providers: systems.map((system) => ({
    provider: providerOf(system),
    connection: system.id,
    since: -system.connected,
  })),
  /** What is true of each identity at the moment, made with the estate and never from a rule. */
  labels(settings: Omit<Settings, 'day'> & { day?: string | undefined }, now: Date): Labels {
    checkAsked(settings)
    const { size, seed, day } = Settings.parse({ ...settings, day: settings.day ?? now.toISOString().slice(0, 10) })
    const world = worldOf({ size, seed, day }, now, () => '')
    return { size, seed, day, at: now.toISOString(), identities: [...truthsOf(world)] }
  },
}
export { Labels, Truth } from './truth.ts'

interface Client {
  world: World
}

function providerOf(system: System): Provider {
  const slots = Object.entries(system.listings) as [Slot, Listing][]
  return defineProvider<Settings, Client>({
    id: `demo-${system.id}`,
    title: system.title,
    invented: true,
    summary: `Tells of the ${system.title} of Larkfield, a company that is invented. Reads nothing anywhere.`,
    config: Settings,
    label: () => system.label,
    async connect(settings, run) {
      const world = worldOf(settings, run.now(), (value) => run.fingerprint(value))
      const end = stopped[system.id]
      if (end && world.now >= world.day + end.on * DAY) throw new Refused(end.reason, { permission: end.permission })
      return { world }
    },
    collections: slots.map(([slot, listing]) => collectionOf(system, slot, listing)),
  })
}

function collectionOf(system: System, slot: Slot, { id, title, needs, yields }: Listing): Collection<Client> {
  return {
    id,
    title,
    needs,
    yields,
    async *read({ world }, run) {
      for (const item of itemsOf(world, system.id, slot)) {
        if (!('verb' in item)) run.ledger.expect(1)
        yield item
        run.signal.throwIfAborted()
      }
      const today = (world.now - world.day) / DAY
      for (const { system: where, slot: there, scope, reason, permission, count, from = -4000 } of gaps) {
        if (where === system.id && there === slot && from <= today)
          run.ledger.refuse(reason, { scope, permission, count })
      }
    },
  }
}
