import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Collection, type Edge, type Entity, ReeveError, Refused, type Run } from '../../sdk/index.ts'
import { clean, type Host, hostKey, keyOf, novel, onHost, userKey } from './host.ts'
import { part } from './machine.ts'
import { describeSecrets, scanned, secretVariable } from './secrets.ts'

const SOCKETS = [
  { runtime: 'docker', socket: '/run/docker.sock' },
  { runtime: 'docker', socket: '/var/run/docker.sock' },
  { runtime: 'podman', socket: '/run/podman/podman.sock' },
]
const ANSWER_LIMIT = 16 << 20
const TIME_LIMIT = 15_000
const MOST_CONTAINERS = 2000

export const containers: Collection<Host> = {
  id: 'containers',
  title: 'Containers',
  yields: ['host_container', 'host_container_environment', 'secret_value'],
  needs: ['connect to the socket of docker or podman (root or the group of the socket); only GET is sent'],
  async *read(host, run) {
    const fresh = novel()
    const seen = new Set<string>()
    for (const { runtime, socket } of SOCKETS) {
      const real = await part(run, () => host.machine.resolve(socket))
      if (real === null || seen.has(real)) continue
      seen.add(real)
      const list = await part(run, () => get(host, run, real, '/containers/json?all=1'))
      if (!Array.isArray(list)) continue
      run.ledger.expect(list.length, runtime)
      if (list.length > MOST_CONTAINERS)
        run.ledger.refuse(
          `listing the containers of ${runtime}: there are ${list.length}, and ${MOST_CONTAINERS} were read`,
          { scope: runtime, count: list.length - MOST_CONTAINERS },
        )
      for (const { Id } of list.slice(0, MOST_CONTAINERS)) {
        if (typeof Id !== 'string' || !/^[0-9a-f]{12,64}$/.test(Id)) continue
        const detail = await part(run, () => get(host, run, real, `/containers/${Id}/json`), runtime)
        if (detail === null) continue
        run.ledger.obtain(1, runtime)
        for (const item of describe(host, run, runtime, detail as Detail)) if (fresh(item)) yield item
      }
    }
  },
}

interface Detail {
  Id: string
  Name?: string
  Created?: string
  State?: { Running?: boolean; StartedAt?: string }
  Config?: { Image?: string; User?: string; Env?: string[] }
  HostConfig?: {
    Privileged?: boolean
    NetworkMode?: string
    PidMode?: string
    UsernsMode?: string
    CapAdd?: string[] | null
    RestartPolicy?: { Name?: string }
  }
  Mounts?: { Source?: string; Destination?: string; RW?: boolean }[]
}

function* describe(host: Host, run: Run, runtime: string, detail: Detail): Iterable<Entity | Edge> {
  const name = (detail.Name ?? detail.Id.slice(0, 12)).replace(/^\//, '')
  const key = keyOf(host, `/container/${name}`)
  const user = detail.Config?.User || 'root'
  const root = /^(root|0)(:|$)/.test(user)
  const created =
    detail.Created !== undefined && !Number.isNaN(Date.parse(detail.Created))
      ? new Date(detail.Created).toISOString()
      : null
  const sources = (detail.Mounts ?? []).flatMap((mount) => (mount.Source === undefined ? [] : [mount.Source]))
  yield {
    kind: 'workload',
    type: 'host_container',
    key,
    name: onHost(host, name),
    created: created === null ? { unknown: `${runtime} does not say when` } : { value: created },
    aliases: [detail.Id, detail.Id.slice(0, 12)],
    attributes: {
      runtime,
      image: clean(detail.Config?.Image ?? '', 500),
      active: detail.State?.Running === true,
      user: clean(user, 100),
      privileged: detail.HostConfig?.Privileged === true,
      hostNetwork: detail.HostConfig?.NetworkMode === 'host',
      hostProcesses: detail.HostConfig?.PidMode === 'host',
      addedCapabilities: (detail.HostConfig?.CapAdd ?? []).map((one) => clean(one, 50)).slice(0, 50),
      mountsRuntimeSocket: sources.some((source) => /\/(docker|podman|containerd)\.sock$/.test(source)),
      mountsRoot: sources.some((source) => source === '/' || source === '/etc' || source === '/root'),
      restarts: detail.HostConfig?.RestartPolicy?.Name ?? null,
    },
  }
  yield { from: hostKey(host), verb: 'contains', to: key }
  // Without a user namespace, root in there is root out here.
  if (root && runtime === 'docker' && !detail.HostConfig?.UsernsMode)
    yield { from: key, verb: 'runs-as', to: userKey(host, 'root'), attributes: { inContainer: true } }
  const environment = (detail.Config?.Env ?? []).filter((pair) => typeof pair === 'string')
  const named = environment.flatMap(
    (pair) => secretVariable(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)) ?? [],
  )
  const bytes = new TextEncoder().encode(environment.map((pair) => pair.replaceAll(/[\r\n]/g, ' ')).join('\n'))
  yield* describeSecrets(
    host,
    run,
    {
      type: 'host_container_environment',
      key,
      name: `container ${clean(name, 200)} on ${host.name}`,
      attributes: { container: clean(name, 200) },
      usedBy: [key],
    },
    [...named, ...scanned(run, bytes, '.env').map(({ line: _, column: __, ...one }) => one)],
  )
}

async function get(host: Host, run: Run, socket: string, path: string): Promise<unknown> {
  const stream = await host.machine.dial({ socket })
  if (stream === null) return null
  const { status, body } = await ask(stream, path, run.signal).finally(() => stream.destroy())
  if (status === 403 || status === 401)
    throw new Refused(`asking ${socket} for ${path} was refused`, { permission: `GET on ${socket}` })
  if (status !== 200) throw new ReeveError('host/containers', `asking ${socket} for ${path}: it answered ${status}`)
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new ReeveError('host/containers', `asking ${socket} for ${path}: the answer is no JSON`, { cause })
  }
}

const ask = (stream: Duplex, path: string, signal: AbortSignal): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const call = request(
      {
        method: 'GET',
        path,
        headers: { host: 'localhost', connection: 'close' },
        createConnection: () => stream as any,
        timeout: TIME_LIMIT,
        signal,
      },
      (answer) => {
        const chunks: Buffer[] = []
        let length = 0
        answer.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > ANSWER_LIMIT)
            answer.destroy(new ReeveError('host/containers', `asking for ${path}: the answer is too long`))
          else chunks.push(chunk)
        })
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        )
        answer.on('error', reject)
      },
    )
    const silent = () =>
      call.destroy(new ReeveError('host/containers', `asking for ${path}: no answer within ${TIME_LIMIT / 1000} s`))
    const timer = setTimeout(silent, TIME_LIMIT)
    call.on('close', () => clearTimeout(timer))
    call.on('error', (error) =>
      reject(
        error instanceof ReeveError
          ? error
          : new ReeveError('host/containers', `asking for ${path}: ${error.message}`, { cause: error }),
      ),
    )
    call.end()
  })
