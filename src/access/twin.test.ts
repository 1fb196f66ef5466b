import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from './compile.ts'
import type { Known } from './condition.ts'
import { decide } from './decide.ts'
import type { Grants, Patterns, Policy, Principal, Question, Statement, Who } from './model.ts'
import { can, whoCan } from './who-can.ts'

/**
 * The sets and the reading one by one must say the same of everybody. Estates are made of few names, so that patterns, denials,
 * ceilings and doors often meet.
 */
const ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 'iam:PassRole', 'sts:AssumeRole', 'ec2:RunInstances']
const ACTION_PATTERNS = [
  '*',
  's3:*',
  'S3:getobject',
  's3:*Object',
  's3:?etObject',
  'iam:Pass*',
  'sts:AssumeRole',
  '*:*s*',
  'ec2:RunInstances',
]
const RESOURCES = ['bucket/a', 'bucket/a/1', 'bucket/b', 'role/x', 'role/y', 'home/ana', 'home/bob', 'star/*', '*']
const RESOURCE_PATTERNS = [
  '*',
  'bucket/*',
  'bucket/?',
  'bucket/a',
  '*/1',
  'role/*',
  'role/x',
  'home/${user}',
  '${kind}/x',
  'star/${*}',
  "home/${team, 'ana'}",
]
const SCOPES = ['one', 'two']
const KEYS = ['user', 'kind', 'team', 'ip', 'time', 'tag', 'gone']

const patterns = (from: readonly string[]): fc.Arbitrary<Patterns> =>
  fc.record({
    not: fc.boolean().map((no) => no && true),
    patterns: fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 3 }),
  })

const condition = fc.array(
  fc.record({
    operator: fc.constantFrom(
      'stringequals',
      'stringnotequals',
      'stringlike',
      'stringnotlike',
      'null',
      'bool',
      'nonsense',
    ),
    over: fc.constantFrom<'all' | 'any' | undefined>(undefined, undefined, 'all', 'any'),
    ifExists: fc.boolean(),
    key: fc.constantFrom(...KEYS),
    values: fc.uniqueArray(fc.constantFrom('ana', 'bob', 'a*', 'true', 'false', '${user}', '${ip}', '${gone}'), {
      minLength: 1,
      maxLength: 2,
    }),
    written: fc.constant({ operator: '', key: '' }),
  }),
  { maxLength: 2 },
)

const who: fc.Arbitrary<Who> = fc.record({
  not: fc.boolean(),
  anyone: fc.boolean(),
  ids: fc.uniqueArray(fc.constantFrom('p0', 'p1', 'p2', 'p3', 'nobody'), { maxLength: 2 }),
  scopes: fc.uniqueArray(fc.constantFrom(...SCOPES, 'three'), { maxLength: 1 }),
  services: fc.constant([]),
  federations: fc.constant([]),
})

const statement = (withWho: boolean): fc.Arbitrary<Statement> =>
  fc.record({
    effect: fc.constantFrom<'allow' | 'deny'>('allow', 'allow', 'deny'),
    actions: patterns(ACTION_PATTERNS),
    resources: patterns(RESOURCE_PATTERNS),
    condition,
    ...(withWho && { who }),
    from: fc.constant('somewhere'),
  }) as fc.Arbitrary<Statement>

const policy = (withWho: boolean, most = 3): fc.Arbitrary<Policy> =>
  fc.record({ name: fc.constant('policy'), statements: fc.array(statement(withWho), { maxLength: most }) })

const known: fc.Arbitrary<Known> = fc.constantFrom<Known>(
  undefined,
  null,
  [],
  ['ana'],
  ['bob'],
  ['true'],
  ['ana', 'bob'],
)

const principals: fc.Arbitrary<Principal[]> = fc
  .array(
    fc.record({
      scope: fc.constantFrom(...SCOPES),
      passesOwnCeiling: fc.boolean(),
      user: known,
      team: known,
      kind: fc.constantFrom<Known>(['role'], ['bucket'], null),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) =>
    list.map(({ scope, passesOwnCeiling, ...about }, index) => ({
      id: `p${index}`,
      kind: 'user',
      scope,
      passesOwnCeiling,
      about: (key) => (about as Record<string, Known>)[key],
    })),
  )

const estates: fc.Arbitrary<Grants> = principals.chain((list) => {
  const members = fc.uniqueArray(fc.nat({ max: list.length - 1 }), { maxLength: list.length })
  return fc
    .record({
      held: fc.array(fc.record({ policy: policy(false, 12), holders: members }), { maxLength: 5 }),
      ceilings: fc.array(
        fc.record({
          name: fc.constant('ceiling'),
          kind: fc.constantFrom<'own' | 'organization'>('own', 'organization'),
          members,
          policies: fc.array(policy(false), { maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
      doors: fc.array(
        fc.record({
          object: fc.constantFrom('bucket/a', 'bucket/b', 'role/x', 'role/y', '*'),
          scope: fc.constantFrom(...SCOPES),
          mandatory: fc.boolean(),
          services: fc.constantFrom(undefined, new Set(['sts']), new Set(['s3', 'sts'])),
          policies: fc.array(policy(true), { maxLength: 2 }),
        }),
        { maxLength: 4 },
      ),
      about: fc.dictionary(fc.constantFrom('tag', 'user'), known),
      time: known,
      scoped: fc.boolean(),
    })
    .map(
      ({ held, ceilings, doors, about, time, scoped }): Grants => ({
        principals: list,
        held,
        ceilings,
        // A bucket has one owner: doors of one object agree on it.
        doors: doors.map((door) =>
          door.object === '*' ? door : { ...door, scope: doors.find(({ object }) => object === door.object)!.scope },
        ) as Grants['doors'],
        objectOf: (resource) => resource.split('/').slice(0, 2).join('/'),
        scopeOf: (resource) => (scoped && resource.startsWith('role/') ? 'one' : undefined),
        about: (_, key) => about[key],
        always: (key) => (key === 'time' ? time : undefined),
      }),
    )
})

const questions: fc.Arbitrary<Question> = fc.record({
  action: fc.constantFrom(...ACTIONS),
  resource: fc.constantFrom(...RESOURCES),
  request: fc.dictionary(fc.constantFrom('ip', 'tag'), known).map((given) => new Map(Object.entries(given))),
  openDoor: fc.boolean(),
  granted: fc.boolean(),
})

test('sets of principals say what a reading of every statement says, for everybody', () => {
  let asked = 0
  const said = { yes: 0, no: 0, depends: 0 }
  fc.assert(
    fc.property(estates, fc.array(questions, { minLength: 1, maxLength: 6 }), (grants, list) => {
      const compiled = compile(grants)
      for (const question of list) {
        const answer = whoCan(compiled, question)
        for (const index of grants.principals.keys()) {
          const alone = decide(grants, index, question).verdict
          expect(can(answer, index), `${index} ${JSON.stringify(question)}`).toBe(alone)
          said[alone]++
          asked++
        }
      }
    }),
    { numRuns: 1500 },
  )
  expect(asked).toBeGreaterThan(10_000)
  // An oracle that always says the same would prove nothing.
  expect(Math.min(said.yes, said.no, said.depends)).toBeGreaterThan(asked / 50)
})
