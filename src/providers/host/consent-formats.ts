import { clean } from './host.ts'

/** What a person let a program do in their name, as the program's own token file tells it. */
export interface Consent {
  /** The program, as people know it. */
  client: string
  clientId: string | null
  /** Who gives out the tokens: a host. */
  issuer: string
  /** Whose account it is: its key where the issuer's id is known, and the address of the person. */
  account: { key: string | null; name: string | null }
  scopes: string[] | null
  /** The token that is renewed without the person, until somebody revokes it. */
  refreshToken: string | null
  /** The end of the token in use, in milliseconds; null where there is none. */
  accessUntil: number | null
}
export type ConsentFormat = (text: string) => Consent[]

type Tree = Record<string, unknown>
const MOST = 200
const treeOf = (value: unknown): Tree =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Tree) : {}
const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null)
const valuesOf = (value: unknown): Tree[] => Object.values(treeOf(value)).slice(0, MOST).map(treeOf)
const scopesOf = (value: unknown): string[] | null => {
  const words = Array.isArray(value) ? value : (textOf(value)?.split(/\s+/) ?? null)
  return (
    words
      ?.filter((word): word is string => typeof word === 'string' && word !== '')
      .map((word) => clean(word, 200))
      .slice(0, MOST) ?? null
  )
}
/** Seconds, or milliseconds, since 1970. */
const momentOf = (value: unknown): number | null => {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isFinite(number) && number > 0 ? (number > 1e11 ? number : number * 1000) : null
}
const latest = (moments: (number | null)[]): number | null =>
  moments.reduce((last, one) => (one !== null && (last === null || one > last) ? one : last), null)

const CLIENTS: Readonly<Record<string, string>> = {
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': 'Azure CLI',
  '1950a258-227b-4e31-a9cf-717495945fc2': 'Azure PowerShell',
  'aebc6443-996d-45c2-90f0-388ff96faa56': 'Visual Studio Code',
}

/** The cache of Microsoft's MSAL, which the Azure CLI and others keep: one consent for each program and account in it. */
export const msalCache: ConsentFormat = (text) => {
  const cache = treeOf(JSON.parse(text))
  const accounts = new Map(
    valuesOf(cache['Account']).map((one) => [textOf(one['home_account_id']), textOf(one['username'])]),
  )
  const found = new Map<
    string,
    { refresh: string | null; tokens: Tree[]; account: string; clientId: string; host: string }
  >()
  for (const [list, tokens] of [
    ['RefreshToken', valuesOf(cache['RefreshToken'])],
    ['AccessToken', valuesOf(cache['AccessToken'])],
  ] as const) {
    for (const token of tokens) {
      const account = textOf(token['home_account_id'])
      const clientId = textOf(token['client_id'])
      if (account === null || clientId === null) continue
      const id = JSON.stringify([account, clientId])
      const host = clean(textOf(token['environment']) ?? 'login.microsoftonline.com', 200)
      const known = found.get(id) ?? { refresh: null, tokens: [], account, clientId, host }
      if (list === 'RefreshToken') known.refresh = textOf(token['secret'])
      known.tokens.push(token)
      found.set(id, known)
    }
  }
  return [...found.values()].map(({ refresh, tokens, account, clientId, host }) => ({
    client: CLIENTS[clientId] ?? 'a program of Microsoft sign-in',
    clientId,
    issuer: host,
    // The account's id there: object and tenant.
    account: { key: `entra:user/${clean(account.split('.')[0]!, 100)}`, name: accounts.get(account) ?? null },
    scopes: [...new Set(tokens.flatMap((one) => scopesOf(one['target']) ?? []))],
    refreshToken: refresh,
    accessUntil: latest(tokens.map((one) => momentOf(one['expires_on']))),
  }))
}

/** `gcloud auth application-default login`, and what gcloud keeps for each account; a service account's key is no consent. */
export const googleUser: ConsentFormat = (text) => {
  const at = treeOf(JSON.parse(text))
  if (at['type'] !== 'authorized_user') return []
  const account = textOf(at['account'])
  return [
    {
      client: 'Google Cloud CLI',
      clientId: textOf(at['client_id']),
      issuer: 'accounts.google.com',
      account: { key: account === null ? null : `google:user/${clean(account, 200)}`, name: account },
      scopes: scopesOf(at['scopes']),
      refreshToken: textOf(at['refresh_token']),
      accessUntil: null,
    },
  ]
}

/** Tokens as RFC 6749 hands them out, in one object. */
const plainTokens = (at: Tree, of: Pick<Consent, 'client' | 'issuer'> & { clientId?: string | null }): Consent[] => {
  const refreshToken = textOf(at['refresh_token']) ?? textOf(at['refreshToken'])
  const access = textOf(at['access_token']) ?? textOf(at['accessToken'])
  if (refreshToken === null && access === null) return []
  const claims = claimsOf(at['id_token'])
  const name = textOf(claims['email'])
  const subject = textOf(claims['sub'])
  return [
    {
      client: of.client,
      clientId: of.clientId ?? null,
      issuer: of.issuer,
      account: {
        key: subject === null ? null : `${of.issuer.replace(/[^a-z0-9-]/g, '-')}:user/${clean(subject, 200)}`,
        name,
      },
      scopes: scopesOf(at['scope'] ?? at['scopes']),
      refreshToken,
      accessUntil: access === null ? null : momentOf(at['expiry_date'] ?? at['expiresAt'] ?? claims['exp']),
    },
  ]
}

/** What an id token says, unverified: it stands in a file of the person whom it names. */
function claimsOf(token: unknown): Tree {
  const part = textOf(token)?.split('.')[1]
  if (part === undefined) return {}
  try {
    return treeOf(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
  } catch {
    return {}
  }
}

export const codexLogin: ConsentFormat = (text) =>
  plainTokens(treeOf(treeOf(JSON.parse(text))['tokens']), { client: 'Codex', issuer: 'auth.openai.com' })

export const geminiLogin: ConsentFormat = (text) =>
  plainTokens(treeOf(JSON.parse(text)), { client: 'Gemini CLI', issuer: 'accounts.google.com' })

/** Claude Code: its own login, and one for each MCP server that it signed in to. */
export const claudeLogins: ConsentFormat = (text) => {
  const at = treeOf(JSON.parse(text))
  return [
    ...plainTokens(treeOf(at['claudeAiOauth']), { client: 'Claude Code', issuer: 'claude.ai' }),
    ...valuesOf(at['mcpOAuth']).flatMap((one) => {
      const url = URL.parse(textOf(one['serverUrl']) ?? '')
      const name = clean(textOf(one['serverName']) ?? url?.hostname ?? 'a server', 100)
      return plainTokens(one, {
        client: `Claude Code at ${name}`,
        issuer: clean(url?.hostname ?? name, 200),
        clientId: textOf(one['clientId']),
      })
    }),
  ]
}
