import { type Card, type Change, type EntityRef, knownOf } from '../read/index.ts'
import { type Edge, type Entity, ReeveError, type Verb } from '../sdk/index.ts'
import { connectionsOf, credentialsOf, oldestOf, ownerOf, type Past } from './past.ts'

const LISTED = 100
const NOT_KEPT = 'is not kept for the past: look at it as it is now'

/** The card of an entity as it was. What only an evaluation tells (verdicts, score, may I) is not kept, and says so. */
export function pastCard({ estate, asOf }: Past, key: string, firstSeen: string, changes: readonly Change[]): Card {
  const entity = estate.get(key)
  if (!entity)
    throw new ReeveError(
      'entity/unknown',
      `nothing with the key ${key.slice(0, 200)} was known on ${asOf.toISOString()}`,
    )
  const by = connectionsOf(estate, entity.key)
  const ref = (of: string): EntityRef => {
    const found = estate.get(of)
    return {
      key: found?.key ?? of,
      kind: found?.kind ?? null,
      type: found?.type ?? null,
      name: found?.name ?? of,
      gone: null,
    }
  }
  const silent = { unknown: 'neither its source nor anything that contained it said so' }
  const credentials = entity.kind === 'credential' ? [entity] : credentialsOf(estate, entity.key)
  const grants = grantsOf(estate, entity.key)
  const holds = entity.kind === 'identity' || entity.kind === 'entitlement'
  const untold = { answer: 'unknown' as const, reason: `What may be done ${NOT_KEPT}.`, permission: null }
  const edges = [...estate.edgesOf(entity.key, 'in'), ...estate.edgesOf(entity.key, 'out')]
  const near = edges.slice(0, LISTED)
  const consumers = [...estate.edges(entity.key, 'in', 'uses'), ...estate.edges(entity.key, 'in', 'runs-as')]
  return {
    entity: ref(entity.key),
    mark: 'not-judged',
    severity: null,
    asOf: asOf.toISOString(),
    firstSeen,
    staleSince: null,
    touch: { rotate: untold, narrow: untold, disable: untold, delete: untold },
    attributes: {
      distinctId: entity.key,
      type: entity.type,
      kind: entity.kind,
      environment: entity.environment ? { value: entity.environment } : silent,
      sensitivity: entity.sensitivity ? { value: entity.sensitivity } : silent,
      tier: entity.tier === undefined ? silent : { value: entity.tier },
      created: knownOf(entity.created, by),
      expires: knownOf(entity.expires, by),
      lastUsed: knownOf(entity.lastUsed, by),
      lastUsedBy: knownOf(entity.lastUsedBy, by),
      permissions: holds
        ? {
            value: {
              entitlements: grants.length,
              resources: new Set(grants.flatMap(({ resource }) => resource ?? [])).size,
              sensitive: grants.filter(({ resource }) => resource !== null && isSensitive(estate.get(resource))).length,
            },
          }
        : { notApplicable: `a ${entity.kind} holds no permissions` },
      credentials:
        entity.kind === 'identity' || entity.kind === 'credential'
          ? { value: { count: credentials.length, oldest: oldestOf(entity, credentials) } }
          : { notApplicable: `a ${entity.kind} has no credentials` },
      methods:
        entity.kind === 'identity' || entity.kind === 'credential'
          ? { value: [...new Set(credentials.flatMap(({ method }) => method ?? []))] }
          : { notApplicable: `a ${entity.kind} does not sign in` },
    },
    owners: {
      accountable: ownerOf(estate, entity.key),
      suggested: null,
      directory: {
        value: [...estate.edges(entity.key, 'in', 'controls')].map((edge) => ({
          ...ref(edge.from),
          how: noteOf(edge),
        })),
      },
    },
    labels: [],
    aliases: entity.aliases ?? [],
    score: { unknown: `its score ${NOT_KEPT}` },
    usedBy: {
      consumers: consumers.slice(0, LISTED).map((edge) => ({
        entity: ref(edge.from),
        verb: edge.verb,
        through: null,
        lastSeen: { unknown: 'its source said that it uses it, not when' },
        takesNewKey: 'unknown' as const,
        because: `how it came by a credential ${NOT_KEPT}`,
      })),
      more: Math.max(0, consumers.length - LISTED),
      seeing: { unknown: `how complete the record of use was ${NOT_KEPT}` },
    },
    credentials: credentials.slice(0, LISTED).map((credential) => {
      const said = connectionsOf(estate, credential.key)
      return {
        entity: ref(credential.key),
        method: credential.method ?? null,
        mark: 'not-judged' as const,
        state: null,
        created: knownOf(credential.created, said),
        expires: knownOf(credential.expires, said),
        lastUsed: knownOf(credential.lastUsed, said),
        copies: [],
        copyCount: [...estate.edges(credential.key, 'in', 'holds')].length,
      }
    }),
    grants: {
      rows: grants.slice(0, LISTED).map(({ entitlement, resource, actions }) => ({
        entitlement: ref(entitlement),
        via: [],
        resource: resource === null ? null : ref(resource),
        actions,
        sensitive: resource !== null && isSensitive(estate.get(resource)),
        used: { unknown: `the use of permissions ${NOT_KEPT}` },
      })),
      more: Math.max(0, grants.length - LISTED),
      used: 0,
      notUsed: 0,
      unknown: grants.length,
    },
    findings: [],
    rules: { judged: 0, unknown: [] },
    neighbourhood: {
      nodes: [
        { ...ref(entity.key), mark: 'not-judged', side: 'self' },
        ...[...new Map(near.map((edge) => [other(edge, entity.key), edge])).entries()]
          .filter(([of]) => of !== entity.key)
          .map(([of, edge]) => ({
            ...ref(of),
            mark: 'not-judged' as const,
            side: edge.to === entity.key ? ('in' as const) : ('out' as const),
          })),
      ],
      edges: near.map((edge) => ({ from: edge.from, verb: edge.verb, to: edge.to, note: noteOf(edge) })),
      more: edges.length - near.length,
    },
    history: changes.filter(({ at }) => at <= asOf.toISOString()),
    sources: estate.sourcesOf(entity.key).map(({ connection, collection }) => ({
      connection,
      provider: connection,
      title: connection,
      collection,
      readAt: null,
      complete: false,
      reason: `how complete that read was ${NOT_KEPT}`,
      permission: null,
    })),
    other: Object.entries(entity.attributes).map(([name, value]) => ({ name, value: { value } })),
  }
}

const other = ({ from, to }: Edge, key: string): string => (from === key ? to : from)

const isSensitive = (entity: Entity | null | undefined): boolean =>
  entity?.sensitivity === 'confidential' ||
  entity?.sensitivity === 'restricted' ||
  entity?.tier === 0 ||
  entity?.tier === 1

/** Entitlements that are held, through others too, and what each allows. */
function grantsOf(
  estate: Past['estate'],
  key: string,
): { entitlement: string; resource: string | null; actions: string[] }[] {
  const grants: { entitlement: string; resource: string | null; actions: string[] }[] = []
  const held = new Set([key])
  for (const one of held) {
    for (const { to } of estate.edges(one, 'out', 'has')) held.add(to)
    const allowed = [...estate.edges(one, 'out', 'allows')]
    for (const edge of allowed)
      grants.push({ entitlement: one, resource: edge.to, actions: (noteOf(edge) ?? '').split(', ').filter(Boolean) })
    if (allowed.length === 0 && one !== key) grants.push({ entitlement: one, resource: null, actions: [] })
  }
  return grants
}

function noteOf({ attributes }: Pick<Edge, 'attributes'> & { verb: Verb }): string | null {
  const words = Object.values(attributes ?? {})
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string')
  return words.join(', ').slice(0, 200) || null
}
