import { z } from 'zod'
import { defineRule, fail, type Neighbour, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { actionsOf, administers, seenActions } from './rights.ts'
import {
  accountKind,
  day,
  daysBetween,
  forEmergencies,
  isPrivileged,
  list,
  momentOf,
  nameOf,
  outOfForce,
} from './standing.ts'

const KEY = 'demo:mailer'
type Given = RuleCase['entities'][number]
const estate = (type: string, over: Partial<Given> = {}): Given[] => [
  { kind: 'identity', type, key: KEY, name: 'mailer', ...over },
  {
    kind: 'entitlement',
    type: 'demo_policy',
    key: 'demo:policy/admin',
    name: 'lake admin',
    attributes: { privileged: true },
  },
  { kind: 'resource', type: 'demo_store', key: 'demo:lake', name: 'lake' },
  { kind: 'resource', type: 'demo_store', key: 'demo:reports', name: 'reports' },
]
const holds: NonNullable<RuleCase['edges']> = [
  { from: KEY, verb: 'has', to: 'demo:policy/admin' },
  { from: 'demo:policy/admin', verb: 'allows', to: 'demo:lake', attributes: { actions: ['read', 'write', 'grant'] } },
]
const called = (to: string, ...actions: string[]): NonNullable<RuleCase['edges']>[number] => ({
  from: KEY,
  verb: 'called',
  to,
  ...(actions.length > 0 && { attributes: { actions } }),
})

const NOTHING = notApplicable('it holds nothing privileged')

export const identityRightsBeyondUse = defineRule({
  id: 'identity-rights-beyond-use',
  title: 'An identity holds administrative rights and is only seen to do less',
  owasp: ['NHI5'],
  severity: 'medium',
  why: 'Rights that are not used help nobody but whoever takes the identity over. What it was seen to do shows how much smaller they can be.',
  fix: [
    'Ask its owner whether something rare still needs the rights named here.',
    'Replace the administrative grant by one that allows what the identity was seen to do.',
    'Watch for refused calls for a month.',
  ],
  undo: 'Grant the former right again; the finding names it.',
  effort: 30,
  about: { kind: 'identity' },
  along: { held: ['>has'], allowed: ['>has', '>allows'], called: ['>called'] },
  params: z.strictObject({ days: z.number().int().positive().default(90) }),
  check({ entity, along }, { now, params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const kind = accountKind(entity)
    if (kind === 'human' || kind === 'system')
      return notApplicable(kind === 'human' ? 'a person uses it' : 'it belongs to the operating system')
    if (!along.held!.some((one) => isPrivileged(one.entity))) return NOTHING
    const held = along.held!.filter((one) => isPrivileged(one.entity))
    if (forEmergencies(entity)) return notApplicable('it is kept for emergencies')
    const names = list(held.map(nameOf))
    const { lastUsed } = entity
    if (along.called!.length === 0) {
      const used = momentOf(lastUsed)
      if (used !== null && daysBetween(used, now.getTime()) > params.days)
        return fail(`${nameOf(entity)} holds ${names} and has used nothing since ${day(used)}.`, [
          `It holds ${names}.`,
          'No call of it is on record.',
        ])
      return lastUsed && 'unknown' in lastUsed
        ? unknown(`what it does is not known: ${lastUsed.unknown}`, lastUsed.permission)
        : unknown('nothing tells what it does')
    }
    const unused = unusedOf(held, along.allowed!, along.called!)
    if (unused.length > 0) {
      return fail(`${nameOf(entity)} holds ${list(unused.map(nameOf))} and was never seen to use it.`, [
        `It was seen to call ${list(along.called!.map(nameOf))} and nothing else.`,
      ])
    }
    const seen = seenActions(along.called!)
    if (seen === null) return unknown('its calls are on record, and not what they did')
    if (administers(seen)) return pass
    const allowed = along.allowed!.flatMap(({ edge }) => actionsOf(edge))
    if (!administers(allowed)) return pass
    return fail(`${nameOf(entity)} holds ${names} and is only seen to ${list(seen)}.`, [
      `It was seen to ${list(seen)} in ${list(along.called!.map(nameOf))}.`,
      'No administrative call of it is on record.',
    ])
  },
  cases: [
    ...['aws_iam_role', 'postgres_role', 'linux_user'].flatMap((type): RuleCase[] => [
      {
        name: `an administrator that only reads (${type})`,
        subject: KEY,
        entities: estate(type),
        edges: [...holds, called('demo:lake', 'read')],
        expect: 'fail',
      },
      {
        name: `an administrator that administers (${type})`,
        subject: KEY,
        entities: estate(type),
        edges: [...holds, called('demo:lake', 'read', 'grant')],
        expect: 'pass',
      },
    ]),
    {
      name: 'administrator of a store it never calls',
      subject: KEY,
      entities: estate('demo_role'),
      edges: [...holds, called('demo:reports', 'write')],
      expect: 'fail',
    },
    {
      name: 'administrator, and without any call since summer',
      subject: KEY,
      entities: estate('demo_role', { lastUsed: { value: '2026-07-01T00:00:00.000Z' } }),
      edges: holds,
      expect: 'fail',
    },
    {
      name: 'its calls are known, not what they did',
      subject: KEY,
      entities: estate('demo_role'),
      edges: [...holds, called('demo:lake')],
      expect: 'unknown',
    },
    {
      name: 'the record of use is closed to us',
      subject: KEY,
      entities: estate('demo_role', { lastUsed: { unknown: 'the log may not be read', permission: 'logs.read' } }),
      edges: holds,
      expect: 'unknown',
    },
    {
      name: 'kept for emergencies',
      subject: KEY,
      entities: estate('demo_role', { attributes: { tags: { purpose: 'break-glass' } } }),
      edges: holds,
      expect: 'not-applicable',
    },
    {
      name: 'nothing privileged',
      subject: KEY,
      entities: [{ kind: 'identity', type: 'demo_role', key: KEY, name: 'mailer' }],
      expect: 'not-applicable',
    },
  ],
})

/** The privileged grants nothing of which was ever called. */
function unusedOf(held: readonly Neighbour[], allowed: readonly Neighbour[], called: readonly Neighbour[]) {
  const seen = new Set(called.map(({ key }) => key))
  return held.filter(({ key }) => {
    const places = allowed.filter(({ edge }) => edge.from === key)
    return places.length > 0 && places.every((place) => !seen.has(place.key))
  })
}
