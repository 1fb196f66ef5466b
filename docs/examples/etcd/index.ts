import { defineProvider, type Edge, type Entity, Refused, type Run } from 'reeve/sdk'
import { z } from 'zod'

const Config = z.strictObject({
  url: z.url().meta({ title: 'Address', description: 'A client URL of the cluster' }),
  user: z.string().meta({ title: 'User', description: 'One with the role root: etcd lists users to no other' }),
  password: z.string().meta({ title: 'Password', description: 'Its password', secret: true }),
})
type Etcd = z.infer<typeof Config> & { key: string; headers?: { authorization: string } }
type Range = { permType?: string; key?: string; range_end?: string }
type Answer = { token?: string; users?: string[]; roles?: string[]; perm?: Range[]; code?: number; error?: string }
const needs = ['the role root']
const unknown = 'etcd does not record it'
const when = { created: { unknown }, lastUsed: { unknown }, expires: { notApplicable: 'users of etcd do not expire' } }
const textOf = (base64 = ''): string => Buffer.from(base64, 'base64').toString()

export const etcd = defineProvider<z.infer<typeof Config>, Etcd>({
  id: 'etcd',
  title: 'etcd',
  summary: 'Users, roles and the keys each role may read and write, as a user with the role root.',
  config: Config,
  label: ({ url }) => new URL(url).host,
  async connect(config, run) {
    const client = { ...config, key: `etcd:${new URL(config.url).host}` }
    const { token } = await ask(client, run, 'authenticate', { name: config.user, password: config.password })
    return token === undefined ? client : { ...client, headers: { authorization: token } }
  },
  collections: [
    { id: 'users', title: 'Users', yields: ['etcd_user', 'etcd_password'], needs, read: readUsers },
    { id: 'roles', title: 'Roles', yields: ['etcd_cluster', 'etcd_role', 'etcd_range'], needs, read: readRoles },
  ],
})

async function* readUsers(client: Etcd, run: Run): AsyncIterable<Entity | Edge> {
  for (const name of (await ask(client, run, 'user/list')).users ?? []) {
    const { roles: held = [] } = await ask(client, run, 'user/get', { name })
    const key = `${client.key}/user/${encodeURIComponent(name)}`
    yield { kind: 'identity', type: 'etcd_user', key, name, ...when, attributes: { privileged: held.includes('root') } }
    const fingerprint = name === client.user ? run.fingerprint(client.password) : undefined
    const unknowns = { exists: { reason: 'etcd does not say who has no password and logs in by certificate' } }
    const password = { ...when, key: `${key}/password`, name: `password of ${name}`, fingerprint, unknowns }
    yield { kind: 'credential', type: 'etcd_password', method: 'password', ...password, attributes: {} }
    yield { from: password.key, verb: 'authenticates', to: key }
    for (const role of held) yield { from: key, verb: 'has', to: `${client.key}/role/${encodeURIComponent(role)}` }
  }
}

async function* readRoles(client: Etcd, run: Run): AsyncIterable<Entity | Edge> {
  const attributes = { authentication: client.headers !== undefined, tls: client.url.startsWith('https:') }
  yield { kind: 'resource', type: 'etcd_cluster', key: client.key, name: new URL(client.url).host, attributes }
  const described = new Set<string>()
  for (const name of (await ask(client, run, 'role/list')).roles ?? []) {
    const from = `${client.key}/role/${encodeURIComponent(name)}`
    yield { kind: 'entitlement', type: 'etcd_role', key: from, name, attributes: { privileged: name === 'root' } }
    if (name === 'root') yield { from, verb: 'allows', to: client.key, attributes: { privileges: ['everything'] } }
    for (const perm of (await ask(client, run, 'role/get', { role: name })).perm ?? []) {
      const [first, end] = [textOf(perm.key), textOf(perm.range_end)]
      const key = `${client.key}/range/${encodeURIComponent(perm.key ?? '')}/${encodeURIComponent(perm.range_end ?? '')}`
      yield { from, verb: 'allows', to: key, attributes: { privileges: [perm.permType ?? 'READ'] } }
      if (described.has(key)) continue
      described.add(key)
      const range = end === '' ? `key ${first}` : `keys from ${first} ${end === '\0' ? 'on' : `to before ${end}`}`
      yield { kind: 'resource', type: 'etcd_range', key, name: range, attributes: {} }
      yield { from: client.key, verb: 'contains', to: key }
    }
  }
}

async function ask(client: Etcd, run: Run, method: string, body = {}): Promise<Answer> {
  const request = { method: 'POST', headers: client.headers, body: JSON.stringify(body) }
  const answer = await run.fetch(new URL(`/v3/auth/${method}`, client.url), request)
  if (!answer.headers.get('content-type')?.includes('json')) throw new Error(`no gateway of etcd: ${answer.status}`)
  const said = (await answer.json()) as Answer
  if (answer.ok || (said.code === 9 && method === 'authenticate')) return said // 9: authentication is switched off
  const message = `etcd answers ${method} with: ${said.error}`
  if (said.code === 7) throw new Refused(message, { permission: `etcdctl user grant-role ${client.user} root` })
  if (said.code === 3) throw new Refused(message, { permission: `the password of ${client.user}` })
  throw new Error(message)
}
