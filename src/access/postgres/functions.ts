/** Functions that act as their owner: which of them give their caller the owner's place, and why. */
import { among, isNobody, join, meet, without } from '../answers.ts'
import { anyBit, bitsOf, dropBits, hasBit } from '../bits.ts'
import type { Answer } from '../compile.ts'
import { type Asking, creators, type WayInto, wayTo } from './asking.ts'
import type { Database } from './estate.ts'
import { functionId, idOf, quoted } from './objects.ts'
import type { RightOf, Routine } from './rights.ts'

export const functionWays = (asking: Asking): WayInto[] =>
  asking.estate.databases.flatMap((database) => {
    const routines = database.rights.filter((right): right is RightOf<'function'> => right.what === 'function')
    return [
      ...routines
        .filter(({ definer, extension }) => definer && extension === null)
        .flatMap((routine) => called(asking, database, routine)),
      ...rewritten(asking, database, routines),
    ]
  })

/** Languages whose functions do as their text says and that anybody can write; what others do is not in the catalogue. */
const READABLE = ['sql', 'plpgsql']
const COMPILED = ['c', 'internal']

function called(asking: Asking, database: Database, routine: Routine): WayInto[] {
  const { estate, who } = asking
  const to = estate.shadowOf(routine.owner)
  if (to === undefined) return []
  const object = functionId(database.name, routine.schema, routine.signature)
  const may = meet(who('EXECUTE', object), who('USAGE', idOf('schema', database.name, routine.schema)))
  // Whoever is the owner, by himself or inside another of his functions, gains nothing.
  const callers = without(may, bitsOf(estate.size, [to, estate.indexOf(routine.owner) ?? to]))
  if (isNobody(callers) || routine.returns === 'trigger' || routine.returns === 'event_trigger') return []
  const way = (more: Answer, actions: readonly string[], why: string, dependsOn: readonly string[] = []): WayInto => ({
    to,
    way: wayTo(meet(callers, more), actions, `${object}, which acts as ${routine.owner}: ${why}`, dependsOn),
  })
  const { text, language } = routine
  if (text === null)
    return READABLE.includes(language) || COMPILED.includes(language)
      ? []
      : [way(callers, ['EXECUTE'], `written in ${language}`, [`what its text in ${language} does`])]
  const ways: WayInto[] = []
  if (text.runsArgument) ways.push(way(callers, ['EXECUTE'], 'it runs what it is given'))
  else if (text.runsBuilt)
    ways.push(
      way(callers, ['EXECUTE'], 'it runs text that it puts together', [
        'whether an argument comes into the text it runs',
      ]),
    )
  if (text.grants)
    ways.push(
      way(callers, ['EXECUTE'], 'it grants, alters roles or runs programs', ['to whom and what its text gives']),
    )
  return [...ways, ...hijacked(asking, database, routine, way)]
}

/** Names without a schema mean what stands first on the search path, and the caller may be the one who puts it there. */
function hijacked(
  { estate, who }: Asking,
  { name: database, rights }: Database,
  { owner, text, searchPath }: Routine,
  way: (more: Answer, actions: readonly string[], why: string, dependsOn?: readonly string[]) => WayInto,
): WayInto[] {
  const ownerAt = estate.indexOf(owner)
  const ownerMay = (action: string, object: string): boolean =>
    ownerAt !== undefined && (hasBit(estate.superusers, ownerAt) || hasBit(who(action, object).sure, ownerAt))
  const writers = join(
    ...(['sql', 'plpgsql'].map((one) => who('USAGE', idOf('language', database, one))) as [Answer, Answer]),
  )
  const path = searchPath === null ? null : schemasOf(searchPath)
  const ways: WayInto[] = []
  if (text?.leavesCalls) {
    if (path === null)
      ways.push(
        way(
          meet(creators(who, rights, database), writers),
          ['CREATE', 'EXECUTE'],
          'its caller says where its names are looked for',
        ),
      )
    else
      for (const schema of path)
        if (ownerMay('USAGE', idOf('schema', database, schema)))
          ways.push(
            way(
              meet(who('CREATE', idOf('schema', database, schema)), writers),
              ['CREATE', 'EXECUTE'],
              `its names are looked for in ${quoted(schema)}`,
              [`whether a name in its text is found in ${quoted(schema)} first`],
            ),
          )
  }
  const temporary = idOf('database', database)
  if (text?.leavesTables && !path?.includes('pg_temp') && ownerMay('TEMPORARY', temporary))
    ways.push(
      way(
        meet(who('TEMPORARY', temporary), writers),
        ['CREATE TEMPORARY VIEW', 'EXECUTE'],
        'its tables are looked for among the temporary ones of its caller first',
      ),
    )
  return ways
}

/** The schemas of a search path as the server keeps it: `app, "Odd ""one", pg_temp`. */
export const schemasOf = (path: string): string[] =>
  [...path.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(
    ([whole, inside]) => inside?.replaceAll('""', '"') ?? whole!.toLowerCase(),
  )

/**
 * Who has a role's privileges but may not take its place owns its functions all the same: one that is rewritten to act as its owner has the
 * owner's attributes too.
 */
function rewritten(
  { estate, who, sure }: Asking,
  { name: database }: Database,
  routines: readonly Routine[],
): WayInto[] {
  const ways: WayInto[] = []
  for (const [owner, own] of Map.groupBy(routines, (routine) => routine.owner)) {
    const to = estate.shadowOf(owner)
    const members = dropBits(estate.havingPrivilegesOf(owner).slice(), estate.takingPlaceOf(owner))
    if (to === undefined) continue
    dropBits(members, bitsOf(estate.size, [to]))
    if (!anyBit(members)) continue
    for (const [schema, [first]] of Map.groupBy(
      own.filter(
        ({ returns, language }) => READABLE.includes(language) && returns !== 'trigger' && returns !== 'event_trigger',
      ),
      (routine) => routine.schema,
    )) {
      const may = meet(who('CREATE', idOf('schema', database, schema)), who('USAGE', idOf('schema', database, schema)))
      const object = functionId(database, schema, first!.signature)
      ways.push({
        to,
        way: wayTo(
          among(may, sure(members).sure),
          ['CREATE OR REPLACE FUNCTION', 'EXECUTE'],
          `${object}, rewritten to act as ${owner}`,
        ),
      })
    }
  }
  return ways
}
