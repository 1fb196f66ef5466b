/** Decisions in the words of AuthZEN: a subject, an action, a resource, each with properties, and what is found by leaving one of them open. */
import type { Known } from './condition.ts'
import { indexOfSubject, type Thing, type World, whoCanIn, whyIn } from './world.ts'

export interface Named {
  type: string
  id: string
  properties?: Properties | undefined
}
type Properties = Readonly<Record<string, unknown>>

export interface Asking {
  subject: Named
  action: { name: string; properties?: Properties | undefined }
  resource: Named
  context?: Properties | undefined
}

export interface Decided {
  decision: boolean
  context?: { reason: string; depends_on?: string[]; not_read?: string[] }
}

type Open<One> = Omit<One, 'id'>

/** `aws_iam_user` is a `user` too, and an `identity` or `resource` is any. */
const fits = (type: string, wanted: string): boolean =>
  type === wanted || type.endsWith(`_${wanted}`) || wanted === 'identity' || wanted === 'resource'

/** What depends on something that only the request or the source knows is no permission; the reason is told. */
export function decideIn(worlds: readonly World[], { subject, action, resource, context }: Asking): Decided {
  const found = findSubject(worlds, subject)
  if (found === undefined) return { decision: false, context: { reason: `no ${subject.type} ${subject.id} was read` } }
  const { world, index } = found
  const thing = thingNamed(world, resource.id)
  if (thing !== undefined && !fits(thing.type, resource.type))
    return { decision: false, context: { reason: `${resource.id} is of the type ${thing.type}` } }
  const told = toldBy({ subject, action, resource, context })
  const { verdict, because, dependsOn, notRead } = whyIn(world, index, action.name, resource.id, told)
  if (verdict === 'yes') return { decision: true, context: { reason: because } }
  return {
    decision: false,
    context: {
      reason: because,
      ...(verdict === 'depends' && { depends_on: dependsOn }),
      ...(notRead.length > 0 && { not_read: notRead }),
    },
  }
}

/** Those who surely may, of the type that is asked for. */
export function subjectsIn(
  worlds: readonly World[],
  asked: Omit<Asking, 'subject'> & { subject: Open<Named> },
): { type: string; id: string }[] {
  const { subject, action, resource } = asked
  const told = toldBy(asked)
  return worlds.flatMap((world) => {
    const thing = thingNamed(world, resource.id)
    if (thing !== undefined && !fits(thing.type, resource.type)) return []
    return whoCanIn(world, action.name, resource.id, told)
      .rows.filter((row) => row.verdict === 'yes' && fits(row.subject.type, subject.type))
      .map((row) => ({ type: subject.type, id: row.subject.key }))
  })
}

/** Things that were read, of the type that is asked for, on which the subject surely may. */
export function resourcesIn(
  worlds: readonly World[],
  asked: Omit<Asking, 'resource'> & { resource: Open<Named> },
): { type: string; id: string }[] {
  const { subject, action, resource } = asked
  const found = findSubject(worlds, subject)
  if (found === undefined) return []
  const { world, index } = found
  const told = toldBy(asked)
  return world.things
    .filter(({ type }) => fits(type, resource.type))
    .filter(({ id }) => whyIn(world, index, action.name, id, told).verdict === 'yes')
    .map(({ key }) => ({ type: resource.type, id: key }))
}

/** The actions that the subject surely may do on the resource. */
export async function actionsIn(worlds: readonly World[], asked: Omit<Asking, 'action'>): Promise<{ name: string }[]> {
  const { subject, resource } = asked
  const found = findSubject(worlds, subject)
  if (found === undefined) return []
  const { world, index } = found
  const thing = thingNamed(world, resource.id)
  if (thing !== undefined && !fits(thing.type, resource.type)) return []
  const told = toldBy({ ...asked, action: { name: '' } })
  const names = await world.actionsOf(index, world.idOf(resource.id))
  return names
    .filter((name) => whyIn(world, index, name, resource.id, told).verdict === 'yes')
    .map((name) => ({ name }))
}

function findSubject(worlds: readonly World[], { type, id }: Named): { world: World; index: number } | undefined {
  for (const world of worlds) {
    const index = indexOfSubject(world, id)
    if (index !== undefined && fits(world.subjects[index]!.type, type)) return { world, index }
  }
  return undefined
}

const thingNamed = (world: World, named: string): Thing | undefined => world.thingAt(world.idOf(named))

/**
 * What whoever asks tells of the request, by condition key: context by its own names, properties after what they are of, or by their own names
 * where those are condition keys (`aws:PrincipalTag/team`).
 */
function toldBy({
  subject,
  action,
  resource,
  context,
}: Pick<Asking, 'action' | 'context'> & { subject: Open<Named>; resource: Open<Named> }): Map<string, Known> {
  const told = new Map<string, Known>()
  const put = (prefix: string, properties: Properties = {}) => {
    for (const [name, value] of Object.entries(properties)) {
      const values = (Array.isArray(value) ? value : [value]).filter((one) =>
        ['string', 'number', 'boolean'].includes(typeof one),
      )
      if (values.length > 0)
        told.set((name.includes(':') ? name : `${prefix}${name}`).toLowerCase(), values.map(String))
    }
  }
  put('', context)
  put('subject.', subject.properties)
  put('action.', action.properties)
  put('resource.', resource.properties)
  return told
}
