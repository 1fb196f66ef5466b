/** Larkfield whole: the ground, the stories and the crowd, listing by listing. */
import type { Edge, Entity } from '../../sdk/index.ts'
import { tellCast } from './cast.ts'
import { HOLDERS, membersOf } from './crowd.ts'
import { tellMember } from './crowd-tells.ts'
import type { SystemId } from './patterns.ts'
import { groundOf } from './places.ts'
import { DAY, Scene, type Told, type World } from './scene.ts'
import type { Slot } from './systems.ts'
import type { Truth } from './truth.ts'

/** What one listing tells, in an order that does not change. Memory does not grow with the estate. */
export function* itemsOf(world: World, system: SystemId, slot: Slot): Generator<Entity | Edge> {
  const wanted = (told: Told) => told.system === system && told.slot === slot
  const wants = (one: SystemId, other: Slot) => one === system && other === slot
  const drained = function* (scene: Scene) {
    for (const one of scene.told) if (wanted(one)) yield one.item
    scene.told.length = 0
  }
  const ground = new Scene(world, wants)
  for (const _ of groundOf(ground, system)) yield* drained(ground)
  tellCast(ground)
  yield* drained(ground)
  const crowd = new Scene(world, wants)
  const own = HOLDERS.has(system) ? undefined : new Set([system])
  for (const member of membersOf(crowdOf(world), own)) {
    tellMember(crowd, member)
    crowd.truths.length = 0
    yield* drained(crowd)
  }
}

/** What is true of each identity now. */
export function* truthsOf(world: World): Generator<Truth> {
  const scene = new Scene(world, () => false)
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
  const scene = new Scene({ ...world, now: world.day + DAY / 2 }, () => false)
  tellCast(scene)
  return world.size - scene.truths.filter(({ machine }) => machine).length
}
