import { X509Certificate } from 'node:crypto'
import { parse as parseIni } from 'ini'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import type { Entity } from '../../sdk/index.ts'
import { certificateEntity } from './certificate.ts'
import { clean } from './host.ts'
import { type Found, found, secretVariable } from './secrets.ts'

/** What a credential file gives away: secrets, and certificates that stand in it. */
interface Contents {
  secrets: (Found | null)[]
  certificates: Entity[]
}
export type Format = (text: string) => Contents

type Of = Partial<Omit<Found, 'value' | 'redacted'>> & Pick<Found, 'provider' | 'title'>

const secret = (value: unknown, of: Of): Found | null =>
  typeof value === 'string' && value.trim() !== ''
    ? found(value.trim(), { detector: 'credential-file', severity: 'high', method: 'token', ...of })
    : null

const only = (...secrets: (Found | null)[]): Contents => ({ secrets, certificates: [] })

type Tree = Record<string, any>
const treeOf = (value: unknown): Tree => (value !== null && typeof value === 'object' ? (value as Tree) : {})
const entriesOf = (value: unknown): [string, Tree][] =>
  Object.entries(treeOf(value))
    .slice(0, 1000)
    .map(([name, one]) => [name, treeOf(one)])

const decode = (base64: unknown): string =>
  typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('utf8') : ''

export const awsCredentials: Format = (text) =>
  only(
    ...entriesOf(
      parseIni(text.replace(/^\[([^\]\n]*)\]/gm, (_, name: string) => `[${name.replaceAll('.', '\\.')}]`)),
    ).map(([profile, at]) =>
      secret(at.aws_secret_access_key, {
        detector: 'aws-credentials-file',
        provider: 'aws',
        title: 'AWS access key',
        method: 'access-key',
        severity: /^ASIA/.test(at.aws_access_key_id ?? '') ? 'medium' : 'critical',
        ...(typeof at.aws_access_key_id === 'string' && { keyId: at.aws_access_key_id }),
        aliases: [`aws profile ${profile}`],
      }),
    ),
  )

export const kubeConfig: Format = (text) => {
  const config = treeOf(parseYaml(text, { maxAliasCount: 50, logLevel: 'error' }))
  const contents: Contents = { secrets: [], certificates: [] }
  const users = Array.isArray(config.users) ? config.users.slice(0, 200) : []
  for (const { name, user } of users.map(treeOf)) {
    const at = treeOf(user)
    const title = `Kubernetes credential of ${clean(String(name ?? 'a user'), 100)}`
    contents.secrets.push(
      secret(at.token, { provider: 'kubernetes', title }),
      secret(at.password, { provider: 'kubernetes', title, method: 'password' }),
    )
    if (at['client-key-data'] !== undefined) {
      const certificate = decode(at['client-certificate-data'])
      const entity = certificateOf(certificate)
      if (entity) contents.certificates.push(entity)
      contents.secrets.push(
        secret(decode(at['client-key-data']), {
          provider: 'kubernetes',
          title,
          method: 'certificate',
          ...(entity && { aliases: [entity.key] }),
        }),
      )
    }
  }
  return contents
}

function certificateOf(pem: string): Entity | null {
  try {
    return certificateEntity(new X509Certificate(pem))
  } catch {
    return null
  }
}

export const dockerConfig: Format = (text) =>
  only(
    ...entriesOf(treeOf(JSON.parse(text)).auths).flatMap(([registry, at]) => {
      const [user, ...password] = decode(at.auth).split(':')
      const of = {
        provider: 'docker',
        title: `registry login of ${clean(registry, 100)}`,
        ...(user && { keyId: `${user}@${registry}` }),
      }
      return [
        secret(password.join(':'), { ...of, method: 'password' }),
        secret(at.identitytoken, of),
        secret(at.registrytoken, of),
      ]
    }),
  )

export const npmrc: Format = (text) =>
  only(
    ...text.split('\n').map((line, at) => {
      const pair = /^\s*(\/\/[^:\s]{1,300}:)?_(authToken|auth|password)\s*=\s*"?([^"\s]{1,2000})"?\s*$/.exec(line)
      if (!pair) return null
      const value =
        pair[2] === 'authToken' ? pair[3]! : decode(pair[3]).replace(/^[^:]*:/, pair[2] === 'auth' ? '' : '$&')
      return secret(value, {
        provider: 'npm',
        title: `npm login of ${pair[1]?.replace(/^\/\/|\/?:$/g, '') ?? 'the registry'}`,
        line: at + 1,
      })
    }),
  )

export const pypirc: Format = (text) =>
  only(
    ...entriesOf(parseIni(text)).map(([name, at]) =>
      secret(at.password, {
        provider: 'pypi',
        title: `upload token of ${clean(name, 60)}`,
        ...(typeof at.username === 'string' && at.username !== '__token__' && { keyId: at.username }),
      }),
    ),
  )

/** netrc(5): words in any order over any number of lines. */
export const netrc: Format = (text) => {
  const words = text.replace(/^\s*macdef\b[\s\S]*?(?:\n\s*\n|(?![\s\S]))/gm, '').match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []
  const contents = only()
  let machine = 'default'
  let login = ''
  for (let at = 0; at < words.length; at++) {
    const next = () => (words[++at] ?? '').replace(/^"(.*)"$/, '$1')
    if (words[at] === 'machine') {
      machine = next()
      login = ''
    } else if (words[at] === 'default') machine = 'default'
    else if (words[at] === 'login') login = next()
    else if (words[at] === 'password')
      contents.secrets.push(
        secret(next(), {
          provider: 'generic',
          title: `login at ${clean(machine, 100)}`,
          method: 'password',
          ...(login && { keyId: `${login}@${machine}` }),
        }),
      )
  }
  return contents
}

export const gitCredentials: Format = (text) =>
  only(
    ...text.split('\n').map((line, at) => {
      const url = /^\s*[a-z]+:\/\/([^:@/\s]*):([^@/\s]+)@([^/\s]+)/.exec(line)
      return (
        url &&
        secret(percent(url[2]!), {
          provider: 'git',
          title: `git login at ${clean(url[3]!, 100)}`,
          keyId: `${percent(url[1]!)}@${url[3]}`,
          line: at + 1,
        })
      )
    }),
  )

function percent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const googleJson: Format = (text) => {
  const at = treeOf(JSON.parse(text))
  if (at.type === 'service_account')
    return only(
      secret(at.private_key, {
        detector: 'gcp-service-account-key',
        provider: 'gcp',
        title: 'Google service account key',
        severity: 'critical',
        method: 'access-key',
        keyId: String(at.private_key_id ?? ''),
        aliases: [String(at.client_email ?? '')].filter(Boolean),
      }),
    )
  return only(
    secret(at.refresh_token, {
      provider: 'gcp',
      title: 'Google refresh token',
      aliases: [String(at.account ?? '')].filter(Boolean),
    }),
  )
}

/** JSON of clouds and agents: every string whose name says it is a secret. */
export const secretsInJson: (provider: string, title: string) => Format = (provider, title) => (text) => {
  const contents = only()
  walk(JSON.parse(text), (name, value) =>
    contents.secrets.push(secret(value, { provider, title: `${title} (${clean(name, 60)})` })),
  )
  return contents
}

export const secretsInYaml: (provider: string, title: string) => Format = (provider, title) => (text) => {
  const contents = only()
  walk(parseYaml(text, { maxAliasCount: 50, logLevel: 'error' }), (name, value) =>
    contents.secrets.push(secret(value, { provider, title: `${title} (${clean(name, 60)})` })),
  )
  return contents
}

export const secretsInToml: (provider: string, title: string) => Format = (provider, title) => (text) => {
  const contents = only()
  walk(parseToml(text), (name, value) =>
    contents.secrets.push(secret(value, { provider, title: `${title} (${clean(name, 60)})` })),
  )
  return contents
}

const TOLD =
  /^(?:secret|client_?secret|password|oauth_token|auth_?token|token|access_?token|refresh_?token|id_?token|session_?token|api_?key|openai_api_key|secret_?key|private_?key|accountkey|pat)$/i
const MOST_NODES = 20_000

function walk(root: unknown, tell: (name: string, value: string) => void): void {
  const open: [string, unknown][] = [['', root]]
  for (let steps = 0; open.length > 0 && steps < MOST_NODES; steps++) {
    const [name, value] = open.pop()!
    if (typeof value === 'string') {
      if (TOLD.test(name) || (secretVariable(name, value) !== null && !/\s/.test(value))) tell(name, value)
    } else if (value !== null && typeof value === 'object') {
      for (const [inner, one] of Object.entries(value)) open.push([Array.isArray(value) ? name : inner, one])
    }
  }
}

/** `name = value` with or without sections: .my.cnf, .s3cfg, rclone.conf, .boto, .databrickscfg. */
export const secretsInIni: (provider: string, title: string, names: RegExp) => Format =
  (provider, title, names) => (text) => {
    const contents = only()
    let section = ''
    for (const [at, line] of text.split('\n').entries()) {
      section = /^\s*\[([^\]]{1,200})\]/.exec(line)?.[1] ?? section
      const pair = /^\s*([\w.-]{1,100})\s*[=:]\s*(.{1,4000}?)\s*$/.exec(line)
      if (pair && names.test(pair[1]!))
        contents.secrets.push(
          secret(pair[2]!.replace(/^(["'])(.*)\1$/, '$2'), {
            provider,
            title: `${title}${section && ` of ${clean(section, 80)}`}`,
            method: /pass/i.test(pair[1]!) ? 'password' : 'token',
            line: at + 1,
          }),
        )
    }
    return contents
  }

/** host:port:database:user:password, colons and backslashes escaped. */
export const pgpass: Format = (text) =>
  only(
    ...text.split('\n').map((line, at) => {
      if (line.startsWith('#')) return null
      const fields = line.match(/(?:[^:\\]|\\.)+/g) ?? []
      if (fields.length !== 5) return null
      const [host, port, , user, password] = fields.map((field) => field.replace(/\\(.)/g, '$1'))
      return secret(password, {
        provider: 'postgres',
        title: `PostgreSQL password of ${clean(user!, 60)}`,
        method: 'password',
        keyId: `${user}@${host}:${port}`,
        line: at + 1,
      })
    }),
  )

export const variables: Format = (text) =>
  only(
    ...text.split('\n').map((line, at) => {
      const pair = /^\s*(?:export\s+)?([A-Za-z_]\w{0,200})\s*=\s*(.{0,5000}?)\s*$/.exec(line)
      return pair ? secretVariable(pair[1]!, pair[2]!.replace(/^(["'])(.*)\1$/, '$2'), at + 1) : null
    }),
  )

/** The whole file is the token. */
export const token: (provider: string, title: string) => Format = (provider, title) => (text) =>
  /^\s*\S{8,4096}\s*$/.test(text) ? only(secret(text, { provider, title, line: 1 })) : only()

/** Only what the scanner finds. */
export const anything: Format = () => only()
