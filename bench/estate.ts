/**
 * An invented estate of any size, the same for the same size and seed: identities of many types with credentials, copies of
 * them, people who own, made or control them, workloads, entitlements and resources, each in the shape providers give them.
 */
import type { Edge, Entity, Verb } from '../src/sdk/index.ts'

export interface Given {
  connection: string
  collection: string
  item: Entity | Edge
}

export const NOW = new Date('2026-11-24T06:00:00.000Z')

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What the estate is made of, per thousand identities. */
const PER_THOUSAND = { people: 20, entitlements: 12, resources: 120, accounts: 3, workloads: 250, copies: 150 }

/** The sorts of identity, with their share and the credential they have. */
const SORTS = [
  {
    share: 0.3,
    connection: 'host',
    type: 'linux_user',
    name: (n: number) => `svc-${n}`,
    key: (n: number) => `host:node-${n % 997}/user/svc-${n}`,
    credential: 'ssh_key',
    method: 'ssh-key',
  },
  {
    share: 0.2,
    connection: 'postgres',
    type: 'postgres_role',
    name: (n: number) => `app_${n}`,
    key: (n: number) => `postgres:db-${n % 211}:5432/role/app_${n}`,
    credential: 'postgres_password',
    method: 'password',
  },
  {
    share: 0.2,
    connection: 'aws',
    type: 'aws_iam_user',
    name: (n: number) => `deploy-${n}`,
    key: (n: number) => `aws:arn:aws:iam::${100_000_000_000 + (n % 89)}:user/deploy-${n}`,
    credential: 'aws_access_key',
    method: 'access-key',
  },
  {
    share: 0.15,
    connection: 'entra',
    type: 'entra_service_principal',
    name: (n: number) => `app registration ${n}`,
    key: (n: number) => `entra:app-${n}`,
    credential: 'entra_client_secret',
    method: 'client-secret',
  },
  {
    share: 0.15,
    connection: 'kubernetes',
    type: 'kubernetes_service_account',
    name: (n: number) => `workload-${n}`,
    key: (n: number) => `kubernetes:cluster-${n % 13}/ns-${n % 401}/workload-${n}`,
    credential: 'kubernetes_trust',
    method: 'federation',
  },
] as const

const ENVIRONMENTS = ['production', 'production', 'staging', 'development', 'test'] as const
const SENSITIVITIES = ['public', 'internal', 'internal', 'confidential', 'restricted'] as const

export function* inventedEstate(identities: number, seed = 20_261_124): Generator<Given> {
  const next = numbers(seed)
  const upTo = (most: number): number => Math.floor(next() * most)
  const some = <T>(from: readonly T[]): T => from[upTo(from.length)]!
  const count = (per: number): number => Math.max(1, Math.round((identities * per) / 1000))
  const ago = (most: number): { value: string } => ({
    value: new Date(NOW.getTime() - upTo(most * 86_400) * 1000).toISOString(),
  })
  const ahead = (most: number): { value: string } => ({
    value: new Date(NOW.getTime() + (upTo(most * 86_400) - 10 * 86_400) * 1000).toISOString(),
  })
  const hex = (): string =>
    Array.from({ length: 4 }, () =>
      upTo(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('')
  const at = (connection: string, collection: string, item: Entity | Edge): Given => ({ connection, collection, item })
  const edge = (connection: string, collection: string, from: string, verb: Verb, to: string): Given =>
    at(connection, collection, { from, verb, to })

  const people = count(PER_THOUSAND.people)
  const person = (): string => `person:p${upTo(people)}@example.org`
  for (let n = 0; n < people; n++) {
    yield at('entra', 'people', {
      kind: 'person',
      type: 'person',
      key: `person:p${n}@example.org`,
      name: `Person ${n}`,
      attributes: { title: some(['engineer', 'operator', 'analyst']), ...(next() < 0.06 && { disabled: true }) },
    })
  }

  const accounts = count(PER_THOUSAND.accounts)
  for (let n = 0; n < accounts; n++) {
    yield at('aws', 'accounts', {
      kind: 'resource',
      type: 'aws_account',
      key: `aws:account-${n}`,
      name: `account ${n}`,
      environment: some(ENVIRONMENTS),
      tier: n % 17 === 0 ? 0 : 2,
      attributes: { region: some(['eu-west-1', 'us-east-1']) },
    })
  }
  const resources = count(PER_THOUSAND.resources)
  for (let n = 0; n < resources; n++) {
    const key = `aws:bucket-${n}`
    yield at('aws', 'buckets', {
      kind: 'resource',
      type: 'aws_bucket',
      key,
      name: `bucket ${n}`,
      sensitivity: some(SENSITIVITIES),
      attributes: { versioned: next() < 0.5, objects: upTo(1_000_000) },
    })
    yield edge('aws', 'buckets', `aws:account-${upTo(accounts)}`, 'contains', key)
  }
  const entitlements = count(PER_THOUSAND.entitlements)
  for (let n = 0; n < entitlements; n++) {
    const key = `aws:policy-${n}`
    yield at('aws', 'policies', {
      kind: 'entitlement',
      type: 'aws_policy',
      key,
      name: `policy ${n}`,
      attributes: { statements: 1 + upTo(9), ...(n % 40 === 0 && { admin: true }) },
    })
    for (let more = 1 + upTo(8); more > 0; more--)
      yield edge('aws', 'policies', key, 'allows', `aws:bucket-${upTo(resources)}`)
    if (n > 0 && next() < 0.2) yield edge('aws', 'policies', key, 'has', `aws:policy-${upTo(n)}`)
  }

  let named = 0
  for (const sort of SORTS) {
    const { connection, type } = sort
    for (let last = Math.min(identities, named + Math.round(identities * sort.share)); named < last; named++) {
      const key = sort.key(named)
      const accountKind = next() < 0.8 ? 'service' : some(['human', 'system', 'unknown'] as const)
      yield at(connection, `${type}s`, {
        kind: 'identity',
        type,
        key,
        name: sort.name(named),
        created: ago(2500),
        lastUsed: next() < 0.1 ? { unknown: 'no usage log was given', permission: 'usage.read' } : ago(200),
        aliases: [`${connection}-${named}`],
        attributes: {
          accountKind,
          path: `/team-${upTo(60)}/`,
          number: named,
          ...(next() < 0.05 && { disabled: true }),
          ...(next() < 0.02 && { privileged: true }),
          ...(next() < 0.01 && { vendor: `Vendor ${upTo(40)}` }),
        },
      })
      if (next() < 0.6) yield edge('self', 'owners', person(), 'owns', key)
      if (next() < 0.3) yield edge(connection, `${type}s`, person(), 'created', key)
      if (next() < 0.1) yield edge(connection, `${type}s`, person(), 'controls', key)
      for (let more = 1 + upTo(3); more > 0; more--)
        yield edge(connection, `${type}s`, key, 'has', `aws:policy-${upTo(entitlements)}`)
      const credential = `${key}/credential`
      yield at(connection, 'credentials', {
        kind: 'credential',
        type: sort.credential,
        key: credential,
        name: `credential of ${sort.name(named)}`,
        method: sort.method,
        created: next() < 0.1 ? { unknown: 'the source does not say' } : ago(1200),
        expires: next() < 0.5 ? { notApplicable: 'it never ends' } : ahead(700),
        lastUsed: ago(300),
        ...(next() < 0.5 && { fingerprint: `hmac:${hex()}` }),
        attributes: {
          ...(sort.method === 'federation' && {
            issuer: 'https://ci.example.com',
            subject: next() < 0.9 ? `repo:acme/app-${named}:ref:refs/heads/main` : 'repo:*',
          }),
          ...(next() < 0.1 && { status: 'Inactive' }),
        },
      })
      yield edge(connection, 'credentials', credential, 'authenticates', key)
      if (next() < 0.05)
        yield edge(connection, 'credentials', credential, 'authenticates', sort.key(Math.max(0, named - 1)))
    }
  }

  const anyIdentity = (): string => {
    const n = upTo(identities)
    let first = 0
    for (const sort of SORTS) {
      first += Math.round(identities * sort.share)
      if (n < first) return sort.key(n)
    }
    return SORTS[0].key(0)
  }
  for (let n = 0; n < count(PER_THOUSAND.workloads); n++) {
    const key = `kubernetes:pod-${n}`
    yield at('kubernetes', 'pods', {
      kind: 'workload',
      type: 'kubernetes_pod',
      key,
      name: `pod ${n}`,
      environment: some(ENVIRONMENTS),
      attributes: { image: `app-${n % 300}:1.${n % 9}`, ready: true },
    })
    yield edge('kubernetes', 'pods', key, 'runs-as', anyIdentity())
    if (next() < 0.5) yield edge('kubernetes', 'pods', key, 'uses', `${anyIdentity()}/credential`)
  }
  for (let n = 0; n < count(PER_THOUSAND.copies); n++) {
    const key = `git:repository-${n % 700}/leak/${n}`
    yield at('git', 'leaks', {
      kind: 'secret',
      type: 'git_leak',
      key,
      name: `config/${n}.yml`,
      ...(next() < 0.5 && { environment: some(ENVIRONMENTS) }),
      attributes: {
        file: `config/${n}.yml`,
        line: 1 + upTo(300),
        author: `p${upTo(people)}@example.org`,
        atHead: next() < 0.5,
      },
    })
    yield edge('git', 'leaks', key, 'holds', `${anyIdentity()}/credential`)
  }
}
