/** What each question about access is answered with; asked in the thread of the desk. */
import {
  asTerraform,
  awsDerived,
  type Call,
  exposures,
  grantChange,
  grantsUsed,
  indexOfSubject,
  leastPolicy,
  neededCalls,
  peersNamed,
  postgresDerived,
  sudoDerived,
  templateOf,
  trustsOf,
  type World,
  whatCan,
  whatIf,
  whoCanIn,
  whyIn,
} from '../access/index.ts'
import { replaceDerivedEdges, type Settles } from '../graph/index.ts'
import { grantsTold } from '../read/index.ts'
import { type DerivedEdge, ReeveError } from '../sdk/index.ts'
import type { Moments } from './access-worlds.ts'
import { type Batch, evaluateIn, type SearchFor, searchIn } from './authzen-answers.ts'

/** Rows that one answer shows of a list that could be very long. */
const MOST = 1_000

interface One {
  principal: string
}
interface Pair {
  action: string
  resource: string
}

const subjectOf = ({ key, type, name }: { key: string; type: string; name: string }) => ({ key, type, name })

/** A user or role of AWS. */
function find({ aws, worlds }: Moments, principal: string): number {
  const index = indexOfSubject(aws, principal)
  if (index !== undefined) return index
  const known =
    worlds.some((world) => indexOfSubject(world, principal) !== undefined) ||
    aws.collected.nodes.some(({ key }) => key === principal)
  throw new ReeveError(
    known ? 'access/not-compiled' : 'access/unknown',
    known
      ? `looking for ${principal}: this is answered for users and roles of AWS; of others ask who-can and why, or their source's own words`
      : `looking for ${principal}: nobody whose access was read has this key, ARN or name`,
  )
}

/** Whoever it is, in the world he is in. */
function anyone(at: Moments, principal: string): { world: World; index: number } {
  for (const world of at.worlds) {
    const index = indexOfSubject(world, principal)
    if (index !== undefined) return { world, index }
  }
  return { world: at.aws, index: find(at, principal) }
}

/** The world that knows the resource; what nobody knows is asked of AWS, whose objects are more than were listed. */
const worldWith = ({ worlds, aws }: Moments, resource: string): World =>
  worlds.find((world) => world.thingAt(world.idOf(resource)) !== undefined) ?? aws

/** Nothing was read at all: then no answer may look like "nobody". */
const nothing = ({ aws }: Moments): string[] => (aws.subjects.length === 0 ? ['no user or role of AWS was read'] : [])

export const answers = {
  'who-can': (at: Moments, { action, resource }: Pair) => {
    const world = worldWith(at, resource)
    const { rows, outside, notRead } = whoCanIn(world, action, resource)
    return {
      action,
      resource: world.idOf(resource),
      rows: rows
        .slice(0, MOST)
        .map(({ subject, verdict, dependsOn }) => ({ subject: subjectOf(subject), verdict, dependsOn })),
      more: Math.max(0, rows.length - MOST),
      outside,
      notRead: [...(world === at.aws ? nothing(at) : []), ...notRead],
    }
  },

  'what-can': async (at: Moments, { principal }: One) => {
    const index = find(at, principal)
    const { everything, services, calls, days } = await grantsUsed(at.aws, index)
    const row = (await at.escalation()).find((one) => one.principal === at.aws.aws.holders[index]!.arn)
    return {
      subject: subjectOf(at.aws.subjects[index]!),
      everything,
      services: services.map((one) => ({
        ...one,
        actions: one.actions.slice(0, MOST),
        more: Math.max(0, one.actions.length - MOST),
      })),
      calls: calls.length,
      days,
      isAdmin: row?.isAdmin ?? null,
      paths: (row?.paths ?? []).filter((path) => path.at(-1)?.to === 'admin').slice(0, 10),
      trust: trustsOf(at.aws.aws, index),
      unknown: [...at.aws.subjects[index]!.unknown],
      notRead: at.aws.notRead('iam:', at.aws.aws.holders[index]!.arn),
    }
  },

  why: (at: Moments, { principal, action, resource }: One & Pair) => {
    const { world, index } = anyone(at, principal)
    const { subject, unknown, ...rest } = whyIn(world, index, action, resource)
    return { ...rest, subject: subjectOf(subject), unknown: [...unknown] }
  },

  'what-if': async (at: Moments, { principal, policy, mode }: One & { policy: unknown; mode: 'add' | 'replace' }) => {
    const index = find(at, principal)
    const { appear, vanish, ...rest } = await whatIf(at.aws, index, { policy, mode }, await at.escalation())
    return {
      subject: subjectOf(at.aws.subjects[index]!),
      ...rest,
      appear: appear.slice(0, MOST),
      vanish: vanish.slice(0, MOST),
      unknown: [...at.aws.subjects[index]!.unknown],
    }
  },

  least: async (at: Moments, { principal, calls: given }: One & { calls?: Call[] | undefined }) => {
    const index = find(at, principal)
    const needed = given === undefined ? await neededCalls(at.aws, index) : { calls: given, unknown: [] }
    const least = leastPolicy(at.aws.aws, index, needed.calls)
    const { name } = at.aws.subjects[index]!
    return {
      subject: subjectOf(at.aws.subjects[index]!),
      ...least,
      terraform: asTerraform(`${name}-least`, least.policy),
      proof: {
        calls: least.replay.length,
        allowed: least.replay.filter(({ before, after }) => before === after || after === 'yes').length,
      },
      unknown: [...at.aws.subjects[index]!.unknown, ...needed.unknown],
    }
  },

  unused: async (at: Moments, { principal }: { principal?: string | undefined }) => {
    const all = [...at.aws.subjects.keys()].filter((index) => !at.aws.subjects[index]!.passive)
    const asked = principal === undefined ? all : [find(at, principal)]
    const rows = []
    for (const index of asked) {
      const { everything, services, days } = await grantsUsed(at.aws, index)
      const count = (wanted: (used: (typeof services)[number]['used']) => boolean) =>
        services.filter(({ used }) => wanted(used)).reduce((sum, { actions }) => sum + actions.length, 0)
      rows.push({
        subject: subjectOf(at.aws.subjects[index]!),
        everything,
        used: count((used) => 'value' in used && used.value !== null),
        unused: count((used) => 'value' in used && used.value === null),
        unknown: count((used) => 'unknown' in used),
        unusedServices: services.flatMap(({ service, used }) =>
          'value' in used && used.value === null ? [service] : [],
        ),
        days,
      })
    }
    rows.sort((one, other) => Number(other.everything) - Number(one.everything) || other.unused - one.unused)
    return { rows: rows.slice(0, MOST), more: Math.max(0, rows.length - MOST), notRead: nothing(at) }
  },

  exposure: (at: Moments, _: object) => {
    const rows = exposures(at.aws)
    return {
      rows: rows.slice(0, MOST).map(({ object, ...row }) => ({ ...row, object: at.aws.keyOf(object) })),
      more: Math.max(0, rows.length - MOST),
      notRead: [
        ...nothing(at),
        ...at.aws.collected.unread
          .map(
            ({ connection, collection, scope, reason }) =>
              `${connection}: ${collection}${scope === '' ? '' : ` of ${scope}`}: ${reason}`,
          )
          .slice(0, 50),
      ],
    }
  },

  changes: async (at: Moments, { principal, since }: One & { since: Date }) => {
    const before = await at.at(since)
    const index = find(at, principal)
    const was = indexOfSubject(before.aws, at.aws.subjects[index]!.key)
    const had = was === undefined ? [] : await whatCan(before.aws.aws, was)
    const admin = async (one: Moments, place: number | undefined) =>
      place === undefined
        ? null
        : ((await one.escalation()).find((row) => row.principal === one.aws.aws.holders[place]!.arn)?.isAdmin ?? null)
    return {
      subject: subjectOf(at.aws.subjects[index]!),
      since: since.toISOString(),
      until: at.now.toISOString(),
      wasThere: was !== undefined,
      ...grantChange(had, await whatCan(at.aws.aws, index)),
      isAdmin: { before: await admin(before, was), after: await admin(at, index) },
      told: (await grantsTold(at.db, at.aws.subjects[index]!.key, since, at.now)).map((one) => ({
        ...one,
        at: one.at.toISOString(),
      })),
      unknown: [...at.aws.subjects[index]!.unknown, ...(was === undefined ? [] : before.aws.subjects[was]!.unknown)],
    }
  },

  template: async (at: Moments, { like }: { like: string }) => {
    const { peers, unknown, policy } = await templateOf(at.aws, peersNamed(at.aws, like))
    const byKey = new Map(at.aws.subjects.map((one) => [one.key, subjectOf(one)]))
    return { like, peers: peers.map((key) => byKey.get(key)!), unknown: unknown.map((key) => byKey.get(key)!), policy }
  },

  /**
   * After a sync: what follows from what was collected becomes rows of the graph. A maker that reads what it read when it was last `done` writes
   * nothing.
   */
  derive: async (at: Moments, { done }: { done: Readonly<Record<string, string>> }) => {
    const { postgres, hosts } = at
    const makers: Maker[] = [
      { maker: 'access', digest: at.digest, rows: () => awsDerived(at.aws.aws), settles: weighed(at) },
      {
        maker: 'postgres',
        digest: postgres.digest,
        rows: async () => postgresDerived(postgres.collected),
        settles: [],
      },
      { maker: 'sudo', digest: hosts.digest, rows: async () => sudoDerived(hosts.collected), settles: [] },
    ]
    const changed = { added: 0, gone: 0 }
    for (const { maker, digest, rows, settles } of makers) {
      if (done[maker] === digest) continue
      const made = await rows()
      const { added, gone } = await at.db
        .transaction()
        .execute((tx) => replaceDerivedEdges(tx, maker, made, { at: at.now, settles }))
      changed.added += added
      changed.gone += gone
    }
    return { done: Object.fromEntries(makers.map(({ maker, digest }) => [maker, digest])), ...changed }
  },

  evaluate: ({ worlds }: Moments, { evaluations, until }: Batch) => evaluateIn(worlds, evaluations, until),

  search: async ({ worlds }: Moments, asked: SearchFor) => searchIn(worlds, asked),
}

interface Maker {
  maker: string
  digest: string
  rows(): Promise<DerivedEdge[]>
  settles: readonly Settles[]
}

/** Connections whose users and roles were read with their policies: what they only suggest is settled by what was worked out. */
function weighed({ aws }: Moments): Settles[] {
  const known = new Set(aws.subjects.flatMap(({ key, unknown }) => (unknown.length === 0 ? [key] : [])))
  const connections = new Set(aws.collected.nodes.flatMap((node) => (known.has(node.key) ? node.connections : [])))
  return [...connections].sort().map((connection) => ({ connection, verbs: ['assumes', 'allows'] }))
}

export type Answers = typeof answers
export type Question = keyof Answers
