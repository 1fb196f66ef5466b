/** Values that lie in a repository. */
import type { Environment } from '../../sdk/index.ts'
import type { Person } from './company.ts'
import { keyOf, type Scene } from './scene.ts'

export interface Leak {
  number: string
  repository: string
  file: string
  line: number
  author: Person
  since: number
  /** Days on which the line was taken out again; null while it stands. */
  out?: number | null
  value: string
  credential: string
  environment?: Environment
  example?: boolean
  detector?: string
  title?: string
  redacted?: string
  severity?: string
  /** The day on which the repository was opened to everybody. */
  opened?: number
}

/** A value found in a repository, told as a scan of it tells: the place, and the credential by its fingerprint. */
export function leakOf(scene: Scene, leak: Leak): void {
  const { author, file, line, since, value, out = null } = leak
  if (since > scene.today) return
  const found = scene.credential(
    ['github', 'secret_value', `found/${leak.number}`],
    `${leak.title ?? 'Secret'} ${leak.redacted ?? '…'}`,
    {
      method: 'token',
      value,
      attributes: {
        detector: leak.detector ?? 'generic-secret',
        provider: leak.credential.slice(0, leak.credential.indexOf(':')) || 'generic',
        title: leak.title ?? 'Secret',
        redacted: leak.redacted ?? '…',
        severity: leak.severity ?? 'high',
      },
    },
  )
  const date = scene.at(since, file)
  const at = scene.today < (out ?? Number.POSITIVE_INFINITY)
  scene.copy(['github', 'git_leak', `${leak.repository}/${file}:${line}`], `${file}:${line}`, found, {
    value,
    born: since,
    ...(leak.environment ? { environment: leak.environment } : {}),
    attributes: {
      file,
      line,
      column: 1,
      commit: scene.world.chance.hex(40, 'commit', file),
      author: `${author.name} <${author.mail}>`,
      date,
      atHead: at,
      inFolder: false,
      tracked: true,
      repository: true,
      repositoryName: `larkfield/${leak.repository}`,
      example: leak.example ?? false,
      public: scene.today >= (leak.opened ?? Number.POSITIVE_INFINITY),
      ...(leak.opened !== undefined && scene.today >= leak.opened
        ? { publicSince: scene.at(leak.opened, 'opened') }
        : {}),
      lastSeen: at ? null : scene.at(out!, file),
    },
  })
  scene.edge('github', 'secrets', author.key, 'created', keyOf('github', `${leak.repository}/${file}:${line}`))
}
