/** The fixture of OpenID's certification scenario for AuthZEN 1.0, as compiled grants. */
import { type Grants, type World, worldOf } from '../../access/index.ts'
import type { AccessDesk } from '../access-desk.ts'
import { evaluateIn, searchIn } from '../authzen-answers.ts'

const RECORDS: Record<string, string> = { 'record-1': 'active', 'record-2': 'archived' }
const statement = (action: string, test?: [operator: string, key: string, value: string]) => ({
  effect: 'allow' as const,
  actions: { not: false, patterns: [action] },
  resources: { not: false, patterns: ['record-*'] },
  condition:
    test === undefined
      ? []
      : [
          {
            operator: test[0],
            over: undefined,
            ifExists: false,
            key: test[1],
            values: [test[2]],
            written: { operator: test[0], key: test[1] },
          },
        ],
  from: `the fixture: ${action}`,
})
const both = (one: ReturnType<typeof statement>, other: ReturnType<typeof statement>) => ({
  ...one,
  condition: [...one.condition, ...other.condition],
})

/** Its subjects, records and eight rules. */
const fixture: Grants = {
  principals: [
    { id: 'alice', kind: 'user', scope: 'fixture', about: () => undefined, passesOwnCeiling: false },
    {
      id: 'bob',
      kind: 'user',
      scope: 'fixture',
      about: (key) => (key === 'subject.role' ? ['admin'] : undefined),
      passesOwnCeiling: false,
    },
  ],
  held: [
    { policy: { name: 'read', statements: [statement('read')] }, holders: [0, 1] },
    {
      policy: {
        name: 'alice',
        statements: [
          statement('write', ['stringnotequals', 'resource.status', 'archived']),
          statement('delete', ['stringequals', 'action.soft', 'true']),
        ],
      },
      holders: [0],
    },
    {
      policy: {
        name: 'admins',
        statements: [
          both(
            statement('write', ['stringequals', 'subject.role', 'admin']),
            statement('write', ['stringequals', 'resource.status', 'archived']),
          ),
        ],
      },
      holders: [0, 1],
    },
  ],
  ceilings: [],
  doors: [],
  objectOf: (resource) => resource,
  scopeOf: () => undefined,
  about: (resource, key) =>
    key === 'resource.status' && RECORDS[resource] !== undefined ? [RECORDS[resource]!] : undefined,
  always: () => undefined,
}
const world: World = worldOf(fixture, {
  system: 'fixture',
  subjects: ['alice', 'bob'].map((name) => ({ key: name, type: 'user', name, unknown: [] })),
  things: Object.keys(RECORDS).map((id) => ({ id, key: id, type: 'record', name: id })),
  idOf: (text) => text,
  keyOf: (id) => id,
  actionsOf: async () => ['read', 'write', 'delete'],
  notRead: () => [],
})
export const desk = {
  ask: async (name: string, input: never) =>
    name === 'evaluate'
      ? evaluateIn(
          [world],
          (input as { evaluations: never[]; until?: boolean }).evaluations,
          (input as { until?: boolean }).until,
        )
      : searchIn([world], input),
  stop: async () => {},
} as AccessDesk

export const alice = { type: 'user', id: 'alice' }
export const bob = { type: 'user', id: 'bob' }
export const one = { type: 'record', id: 'record-1' }
export const two = { type: 'record', id: 'record-2', properties: { status: 'archived' } }
