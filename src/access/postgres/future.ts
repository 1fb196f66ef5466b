/** What objects that nobody made yet will give, by the default privileges of who makes them. */
import type { Acl, DatabaseRights, RightOf } from './rights.ts'

/** Of one kind of object, made by one role in one schema. */
export interface Future {
  of: string
  schema: string
  creator: string
  acl: Acl
}

/** What an object gives where nothing else is said: all to its owner, and to everybody the use of functions and types. */
const BUILT_IN: Record<string, { owner: readonly string[]; everybody: readonly string[] }> = {
  table: {
    owner: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
    everybody: [],
  },
  sequence: { owner: ['SELECT', 'UPDATE', 'USAGE'], everybody: [] },
  function: { owner: ['EXECUTE'], everybody: ['EXECUTE'] },
  type: { owner: ['USAGE'], everybody: ['USAGE'] },
}

/** What a role says for a whole database stands in place of what is built in; what it says for a schema comes besides. */
export function futuresOf(rights: DatabaseRights): Future[] {
  const said = rights.filter((right): right is RightOf<'future'> => right.what === 'future' && right.of in BUILT_IN)
  const schemas = rights.flatMap((right) =>
    right.what === 'schema' && !/^(pg_|information_schema$)/.test(right.name) ? [right.name] : [],
  )
  return [...Map.groupBy(said, ({ of, creator }) => JSON.stringify([of, creator])).values()].flatMap((own) => {
    const { of, creator } = own[0]!
    const { owner, everybody } = BUILT_IN[of]!
    const usual: Acl = [
      { to: creator, may: [...owner], grants: [] },
      ...(everybody.length > 0 ? [{ to: null, may: [...everybody], grants: [] }] : []),
    ]
    const whole = own.find(({ schema }) => schema === null)?.acl ?? usual
    return schemas.map((schema) => ({
      of,
      schema,
      creator,
      acl: [...whole, ...own.filter((one) => one.schema === schema).flatMap(({ acl }) => acl)],
    }))
  })
}
