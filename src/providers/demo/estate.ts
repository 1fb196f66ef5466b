/** Larkfield whole: the ground, the stories and the crowd, listing by listing. */
import type { Edge, Entity } from '../../sdk/index.ts'
import { tellCast } from './cast.ts'
import { HOLDERS, membersOf } from './crowd.ts'
import { tellMember } from './crowd-tells.ts'
import type { SystemId } from './patterns.ts'
import { groundOf } from './places.ts'
import { DAY, Scene, type World } from './scene.ts'
import type { Slot } from './systems.ts'
import type { Truth } from './truth.ts'

/** What one listing tells, in an order that does not change. Memory does not grow with the estate. */
export function* itemsOf(world: World, system: SystemId, slot: Slot): Generator<Entity | Edge> {
  const drained = function* (scene: Scene) {
    yield* scene.told
    scene.told.length = 0
  }
  const ground = new Scene(world, { system, slot })
  for (const _ of groundOf(ground, system)) yield* drained(ground)
  tellCast(ground)
  yield* drained(ground)
  const crowd = new Scene(world, { system, slot })
  const own = hearsOfAll(system, slot) ? undefined : new Set([system])
  for (const member of membersOf(crowdOf(world), own)) {
    tellMember(crowd, member)
    yield* drained(crowd)
  }
}

/** Copies of what other systems issued, what uses them, and values found in code. */
const hearsOfAll = (system: SystemId, slot: Slot): boolean =>
  HOLDERS.has(system) && (slot === 'secrets' || slot === 'workloads' || (system === 'github' && slot === 'credentials'))

/** What is true of each identity now. */
export function* truthsOf(world: World): Generator<Truth> {
  const scene = new Scene(world)
  tellCast(scene)
  yield* scene.truths
  for (const member of membersOf(crowdOf(world))) {
    scene.truths.length = 0
    tellMember(scene, member)
    yield* scene.truths
  }
}

/** How many are left to the crowd when the stories are told, on their day. */
function crowdOf(world: World): number {
  const scene = new Scene({ ...world, now: world.day + DAY / 2 })
  tellCast(scene)
  return world.size - scene.truths.filter(({ machine }) => machine).length
}
