/** Hosts with users, groups and keys, and the people who own them: a stream that is the same each time, never held in memory. */
import { hash } from 'node:crypto'
import type { Edge, Entity } from '../../src/sdk/index.ts'
import { quick } from '../claims.ts'

export const ENTITIES = quick ? 30_000 : 200_000
export const EDGES = ENTITIES * 5
const HOSTS = ENTITIES / 100
const PEOPLE = ENTITIES / 50
const GROUPS = ENTITIES / 20
const CREDENTIALS = ENTITIES / 4
const USERS = ENTITIES - HOSTS - PEOPLE - GROUPS - CREDENTIALS
export const TYPES = ['linux_host', 'person', 'linux_group', 'ssh_key', 'linux_user']

const hostKey = (n: number) => `host:node-${n}.eu-west-1.example`
const userKey = (n: number) => `${hostKey(n % HOSTS)}/user/svc-${n}`
const groupKey = (n: number) => `${hostKey(n % HOSTS)}/group/team-${n}`
const personKey = (n: number) => `person:p${n}@example.org`
const credentialKey = (n: number) => `ssh:SHA256:${hash('sha256', `${n}`, 'base64').slice(0, 43)}`
const environmentOf = (host: number) => (host % 3 === 0 ? 'production' : host % 3 === 1 ? 'staging' : undefined)
const day = (n: number) => new Date(Date.UTC(2020, 0, 1 + (n % 2500), n % 24)).toISOString()

/** The estate as its `version`: in version 2, one in a hundred entities and edges is another. */
export function* entities(version: number): Generator<Entity> {
  const is = (n: number) => (version === 2 && n % 100 === 7 ? ' (moved)' : '')
  for (let n = 0; n < HOSTS; n++) {
    const environment = environmentOf(n)
    yield {
      kind: 'resource',
      type: 'linux_host',
      key: hostKey(n),
      name: `node-${n}`,
      ...(environment && { environment }),
      ...(n % 7 === 0 && { tier: 1 as const }),
      attributes: { kernel: `6.1.${n % 90}`, distribution: 'Debian GNU/Linux 12', cores: n % 64 },
    }
  }
  for (let n = 0; n < PEOPLE; n++) {
    yield {
      kind: 'person',
      type: 'person',
      key: personKey(n),
      name: `Person ${n}`,
      aliases: [`p${n}`],
      attributes: { department: `d${n % 40}` },
    }
  }
  for (let n = 0; n < GROUPS; n++) {
    yield {
      kind: 'entitlement',
      type: 'linux_group',
      key: groupKey(n),
      name: `team-${n}`,
      attributes: { gid: n + 1000, note: `members by ticket${is(n)}` },
    }
  }
  for (let n = 0; n < CREDENTIALS; n++) {
    yield {
      kind: 'credential',
      type: 'ssh_key',
      key: credentialKey(n),
      name: `svc-${n}@deploy`,
      method: 'ssh-key',
      created: { value: day(n) },
      expires: { notApplicable: 'SSH keys do not expire' },
      lastUsed: { unknown: 'auth.log is not readable', permission: 'group adm' },
      attributes: { algorithm: 'ssh-ed25519', bits: 256, comment: `svc-${n}@deploy${is(n)}`, options: [] },
    }
  }
  for (let n = 0; n < USERS; n++) {
    yield {
      kind: 'identity',
      type: 'linux_user',
      key: userKey(n),
      name: `svc-${n}`,
      created: { unknown: 'not recorded by passwd' },
      lastUsed: { value: day(n * 3) },
      lastUsedBy: { value: `pts/0 from 10.0.${n % 250}.${n % 199}` },
      attributes: {
        uid: n + 1000,
        gid: n + 1000,
        home: `/home/svc-${n}`,
        shell: n % 5 ? '/usr/sbin/nologin' : '/bin/bash',
        locked: n % 9 === 0,
        accountKind: n % 4 ? 'service' : 'unknown',
        accountKindReasons: ['the shell is nologin', `the name begins with svc${is(n)}`],
      },
    }
  }
}

export function* edges(version: number): Generator<Edge> {
  for (let n = 0; n < USERS; n++) yield { from: hostKey(n % HOSTS), verb: 'contains', to: userKey(n) }
  for (let n = 0; n < CREDENTIALS; n++) yield { from: credentialKey(n), verb: 'authenticates', to: userKey(n) }
  for (let n = 0; n < PEOPLE * 5; n++) yield { from: personKey(n % PEOPLE), verb: 'owns', to: userKey(n) }
  const calls = EDGES - USERS - CREDENTIALS - PEOPLE * 5
  for (let n = 0; n < calls; n++) {
    const user = (n * 7919) % USERS
    const to = hostKey((user + Math.floor(n / USERS) * 31) % HOSTS)
    const last = version === 2 && n % 100 === 8 ? day(n + 1) : day(n)
    if (n % 8 === 0) yield { from: userKey(user), verb: 'called', to, attributes: { port: 22 + (n % 3), last } }
    else if (n % 2) yield { from: userKey(user), verb: 'has', to: groupKey((user + n) % GROUPS) }
    else yield { from: userKey(user), verb: 'called', to, attributes: n % 100 === 8 ? { last } : { port: 22 } }
  }
}

/** What the node of an entity must say, what flows down and what edges tell included. */
export function nodeOf(item: Entity): string {
  const lastUsed = item.lastUsed && 'value' in item.lastUsed ? item.lastUsed.value : null
  const n = Number(/\d+$/.exec(item.name)?.[0])
  const isUser = item.type === 'linux_user'
  const host = isUser ? n % HOSTS : item.type === 'linux_host' ? n : -1
  const owners = isUser && n < PEOPLE * 5 ? [personKey(n % PEOPLE)] : []
  const environment = host < 0 ? undefined : environmentOf(host)
  const tier = host >= 0 && host % 7 === 0 ? 1 : undefined
  const credentials = isUser && n < CREDENTIALS ? 1 : 0
  return [
    item.key,
    item.kind,
    item.type,
    item.name,
    environment,
    tier,
    credentials,
    isUser ? hostKey(host) : null,
    lastUsed,
    owners,
  ].join('|')
}
