/** What each grantee of a server holds, as statements: those that say the same of many objects are one. */
import { type Bits, forEachBit } from '../bits.ts'
import type { Test } from '../condition.ts'
import { literal } from '../glob.ts'
import type { Grants, Policy, Statement } from '../model.ts'
import { idOf } from './objects.ts'
import type { Acl, Right } from './rights.ts'

/** Everybody is a grantee that no catalogue lists. */
const EVERYBODY = 'PUBLIC'
export const DATABASE_OWNER = 'pg_database_owner'

type Having = (role: string, database?: string) => Bits

/** A table's rows are hidden from all but its owner, unless he too is held to its policies, and those whom row security does not bind. */
export const ROWS = 'rows of '
export const CATALOGUE = 'of the catalogue itself'
/** What row security binds. */
const BOUND = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']
const WRITES = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']
export const rowTest = (owner: string): Test => ({
  operator: 'bool',
  over: undefined,
  ifExists: false,
  key: `${ROWS}${owner}`,
  values: ['true'],
  written: { operator: 'row security', key: 'of the table' },
})
const notOfCatalogue: Test = {
  operator: 'bool',
  over: undefined,
  ifExists: false,
  key: CATALOGUE,
  values: ['false'],
  written: { operator: 'Bool', key: CATALOGUE },
}

/** The server's own roles, and what they may do to everything of a kind. */
export const fixedRoles = (
  version: number,
): { name: string; what: { may: string[]; on: string; test: Test[] }[] }[] => [
  {
    name: 'pg_read_all_data',
    what: [
      { may: ['SELECT'], on: 'table:*', test: [rowTest('')] },
      { may: ['SELECT'], on: 'sequence:*', test: [] },
      { may: ['USAGE'], on: 'schema:*', test: [] },
    ],
  },
  {
    name: 'pg_write_all_data',
    what: [
      { may: ['INSERT', 'UPDATE', 'DELETE'], on: 'table:*', test: [notOfCatalogue, rowTest('')] },
      { may: ['UPDATE'], on: 'sequence:*', test: [] },
      { may: ['USAGE'], on: 'schema:*', test: [] },
    ],
  },
  ...(version >= 170_000 ? [{ name: 'pg_maintain', what: [{ may: ['MAINTAIN'], on: 'table:*', test: [] }] }] : []),
]

/** Statements of one grantee, those that say the same of many objects in one. */
export class Holdings {
  readonly #statements = new Map<
    string,
    { holders: Bits; name: string; byText: Map<string, Statement & { objects: string[] }> }
  >()
  readonly #fixed: { policy: Policy; holders: Bits }[] = []
  readonly #having: Having
  readonly #everyone: Bits
  readonly #version: number
  readonly objects = new Set<string>()
  readonly unknown = new Set<string>()

  constructor(having: Having, everyone: Bits, version: number) {
    this.#version = version
    this.#having = having
    this.#everyone = everyone
  }

  add(right: Right, object: string, database: string, { catalogue, rows }: { catalogue: boolean; rows: Test[] }): void {
    if (!('acl' in right)) return
    this.objects.add(object)
    for (const { to, may, grants } of right.acl) {
      const held = catalogue ? may.filter((one) => !WRITES.includes(one)) : may
      const bound = held.filter((one) => rows.length > 0 && BOUND.includes(one))
      const free = held.filter((one) => !bound.includes(one))
      this.#say(to ?? EVERYBODY, database, bound, object, rows)
      this.#say(to ?? EVERYBODY, database, [...free, ...grants.map((one) => `${one} WITH GRANT OPTION`)], object, [])
    }
    if (!('owner' in right)) return
    // An owner may always grant, though he took his own privileges away.
    const whole = [
      ...(PRIVILEGES[right.what] ?? []),
      ...(right.what === 'table' && this.#version >= 170_000 ? ['MAINTAIN'] : []),
    ]
    this.#say(
      right.owner,
      database,
      [...whole.map((one) => `${one} WITH GRANT OPTION`), 'ALTER', 'DROP'],
      object,
      [],
      'owner',
    )
  }

  future(object: string, database: string, acl: Acl): void {
    this.objects.add(object)
    for (const { to, may, grants } of acl)
      this.#say(
        to ?? EVERYBODY,
        database,
        [...may, ...grants.map((one) => `${one} WITH GRANT OPTION`)],
        object,
        [],
        'future',
      )
  }

  #say(
    grantee: string,
    database: string,
    actions: string[],
    object: string,
    condition: Statement['condition'],
    as = '',
  ): void {
    if (actions.length === 0) return
    if (grantee !== EVERYBODY) this.unknown.add(grantee)
    const key = grantee === DATABASE_OWNER ? `${grantee} of ${database}` : grantee
    const own = this.#statements.get(key) ?? {
      holders: grantee === EVERYBODY ? this.#everyone : this.#having(grantee, database),
      name: key,
      byText: new Map(),
    }
    this.#statements.set(key, own)
    const text = JSON.stringify([actions, condition.map((test) => test.key), as])
    const known = own.byText.get(text)
    if (known) known.objects.push(literal(object))
    else {
      const objects = [literal(object)]
      own.byText.set(text, {
        effect: 'allow',
        actions: { not: false, patterns: actions },
        resources: { not: false, patterns: objects },
        condition,
        from:
          as === 'owner'
            ? `${key}, its owner`
            : `${as === 'future' ? 'default privileges: ' : ''}GRANT ${actions.join(', ')} TO ${key}`,
        objects,
      })
    }
  }

  everywhere(name: string, what: readonly { may: string[]; on: string; test: Test[] }[]): void {
    const statements = what.map(
      ({ may, on, test }): Statement => ({
        effect: 'allow',
        actions: { not: false, patterns: may },
        resources: { not: false, patterns: [on] },
        condition: test,
        from: `${name}, a role of the server`,
      }),
    )
    this.#fixed.push({ policy: { name, statements }, holders: this.#having(name) })
  }

  role(name: string, ways: Record<string, Bits>): void {
    const object = idOf('role', name)
    this.objects.add(object)
    for (const [action, holders] of Object.entries(ways))
      this.#fixed.push({
        policy: {
          name,
          statements: [
            {
              effect: 'allow',
              actions: { not: false, patterns: [action] },
              resources: { not: false, patterns: [literal(object)] },
              condition: [],
              from: `membership in ${name}`,
            },
          ],
        },
        holders,
      })
  }

  superusers(holders: Bits): void {
    const statement: Statement = {
      effect: 'allow',
      actions: { not: false, patterns: ['*'] },
      resources: { not: false, patterns: ['*'] },
      condition: [],
      from: 'the attribute SUPERUSER',
    }
    this.#fixed.push({ policy: { name: 'SUPERUSER', statements: [statement] }, holders })
  }

  policies(): Grants['held'] {
    const granted = [...this.#statements.values()].map(({ name, holders, byText }) => ({
      policy: { name, statements: [...byText.values()] },
      holders,
    }))
    return [...granted, ...this.#fixed].map(({ policy, holders }) => {
      const list: number[] = []
      forEachBit(holders, (index) => list.push(index))
      return { policy, holders: list }
    })
  }
}

/** What an owner may hand on of each kind of object, though he may have taken it from himself. */
const PRIVILEGES: Partial<Record<Right['what'], readonly string[]>> = {
  table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
  sequence: ['SELECT', 'UPDATE', 'USAGE'],
  function: ['EXECUTE'],
  schema: ['USAGE', 'CREATE'],
  database: ['CONNECT', 'CREATE', 'TEMPORARY'],
  language: ['USAGE'],
  server: ['USAGE'],
  wrapper: ['USAGE'],
}
