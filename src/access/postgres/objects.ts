/** The names of objects in questions and answers: `table:shop.public.orders`, `role:reader`. */

/** As SQL writes it: in quotes where it has to be. */
export const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`

export const idOf = (kind: string, ...path: string[]): string => `${kind}:${path.map(quoted).join('.')}`

/** A function's signature stays as the server writes it. */
export const functionId = (database: string, schema: string, signature: string): string =>
  `function:${[database, schema].map(quoted).join('.')}.${signature}`

/** What future objects of a creator in a schema will give. */
export const futureId = (of: string, database: string, schema: string, creator: string): string =>
  `future ${of}:${[database, schema, creator].map(quoted).join('.')}`

/** Tables are asked for most, so their kind may be left out, and so may the database where there is one. */
export function candidatesFor(text: string, databases: readonly string[]): string[] {
  const [, kind, path = text] = /^([a-z]+(?: [a-z]+)?):(.*)$/s.exec(text) ?? []
  const kinds = kind === undefined ? ['table', 'sequence', 'schema', 'database', 'role'] : [kind]
  return kinds.flatMap((one) => [
    `${one}:${path}`,
    ...databases.map((database) => `${one}:${quoted(database)}.${path}`),
  ])
}
