import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { testCollection } from '../../sdk/testing/index.ts'
import * as formats from './consent-formats.ts'
import { consents } from './consents.ts'
import { credentialFiles } from './credential-files.ts'
import { DEBIAN, fingerprint, hostAt, type Planted, plant, scanningRun } from './testing/machine.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
/** The home of alice, who stands in Debian's passwd as uid 1010. */
const homeWith = (files: Record<string, object | string>) => {
  const at = Object.entries(files).map(([path, given]): [string, Planted] => [
    `/home/alice/${path}`,
    { text: typeof given === 'string' ? given : JSON.stringify(given), mode: 0o600 },
  ])
  const one = plant({
    '/etc/passwd': `${DEBIAN['/etc/passwd']}alice:x:1010:1010::/home/alice:/bin/bash\n`,
    ...Object.fromEntries(at),
  })
  planted.push(one)
  return hostAt(one.root)
}
const REFRESH = 'M.C5_refresh-token-of-alice-0001'
const ACCESS = 'eyJ0.access-token-of-alice-0001'
const run = scanningRun()
const soon = Math.round(run.now().getTime() / 1000) + 3600
const past = Math.round(run.now().getTime() / 1000) - 3600
const cli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const msal = (accessUntil: number | null, client = cli) => ({
  Account: {
    a: { home_account_id: 'oid-1.tid-1', environment: 'login.microsoftonline.com', username: 'Alice@acme.io' },
  },
  RefreshToken: {
    r: {
      home_account_id: 'oid-1.tid-1',
      environment: 'login.microsoftonline.com',
      client_id: client,
      target: '',
      secret: REFRESH,
    },
  },
  AccessToken:
    accessUntil === null
      ? {}
      : {
          t: {
            home_account_id: 'oid-1.tid-1',
            environment: 'login.microsoftonline.com',
            client_id: client,
            target: 'https://management.core.windows.net//user_impersonation openid offline_access',
            expires_on: String(accessUntil),
            secret: ACCESS,
          },
        },
})
const read = (host: ReturnType<typeof hostAt>) => testCollection(consents, host, run, { secrets: [REFRESH, ACCESS] })
const APP = `host:web-1/user/alice/oauth/${cli}/Alice@acme.io`

test('a person and the program that acts for them are two identities, the one human, the other delegated, and the one assumes the other', async () => {
  const { entity, edges } = await read(homeWith({ '.azure/msal_token_cache.json': msal(soon) }))
  expect(entity(APP)).toMatchObject({
    kind: 'identity',
    name: 'Azure CLI for Alice@acme.io',
    attributes: { accountKind: 'service', delegated: true, refreshToken: true },
  })
  expect(entity('entra:user/oid-1')).toMatchObject({
    kind: 'identity',
    attributes: { accountKind: 'human', liveSession: true },
  })
  expect(edges).toContainEqual({
    from: APP,
    verb: 'assumes',
    to: 'entra:user/oid-1',
    attributes: { delegated: true, how: 'by consent, with a token of OAuth' },
  })
})

test('with nothing but a refresh token the program is there all the same, and the person has no live session', async () => {
  for (const until of [null, past]) {
    const { entity } = await read(homeWith({ '.azure/msal_token_cache.json': msal(until) }))
    expect(entity(APP).attributes).toMatchObject({ refreshToken: true, delegated: true })
    expect(entity(APP).expires).toHaveProperty('notApplicable')
    expect(entity('entra:user/oid-1').attributes).toMatchObject({ liveSession: false })
  }
})

test('a consent with offline_access shows its scopes, who gave it and that there is a refresh token; never a token', async () => {
  const { entity, sentences } = await read(homeWith({ '.azure/msal_token_cache.json': msal(soon) }))
  expect(entity(`${APP}/consent`)).toMatchObject({
    kind: 'entitlement',
    attributes: {
      scopes: ['https://management.core.windows.net//user_impersonation', 'openid', 'offline_access'],
      offlineAccess: true,
      grantor: 'Alice@acme.io',
      refreshToken: true,
      accessToken: 'valid',
    },
  })
  expect(sentences).toContain(`${APP} has ${APP}/consent`)
  expect(sentences).toContain(`person:alice@acme.io created ${APP}`)
  expect(sentences).toContain(`person:alice@acme.io owns ${APP}`)
  expect(sentences).toContain(`host:web-1/user/alice controls ${APP}`)
})

test('the refresh token that the credential files tell of is what proves the program', async () => {
  const host = homeWith({ '.azure/msal_token_cache.json': msal(soon) })
  const { sentences } = await read(host)
  const credential = `credential:${fingerprint(REFRESH)}`
  expect(sentences).toContain(`${credential} authenticates ${APP}`)
  const files = await testCollection(credentialFiles, host, run, { secrets: [REFRESH] })
  expect(files.entity(credential)).toMatchObject({ kind: 'credential' })
})

const idToken = `x.${Buffer.from(JSON.stringify({ sub: 's-1', email: 'alice@acme.io' })).toString('base64url')}.y`
test.each<[string, object, { client: string; human?: string; scopes?: string[] }]>([
  [
    '.config/gcloud/application_default_credentials.json',
    { type: 'authorized_user', client_id: 'g-1', client_secret: 'x', refresh_token: REFRESH, account: 'alice@acme.io' },
    { client: 'Google Cloud CLI', human: 'google:user/alice@acme.io' },
  ],
  [
    '.config/gcloud/legacy_credentials/alice@acme.io/adc.json',
    { type: 'authorized_user', client_id: 'g-1', refresh_token: REFRESH, account: '' },
    { client: 'Google Cloud CLI' },
  ],
  [
    '.codex/auth.json',
    { tokens: { id_token: idToken, access_token: ACCESS, refresh_token: REFRESH, account_id: 'a' } },
    { client: 'Codex', human: 'auth-openai-com:user/s-1' },
  ],
  [
    '.gemini/oauth_creds.json',
    { access_token: ACCESS, refresh_token: REFRESH, scope: 'openid email', expiry_date: soon * 1000 },
    { client: 'Gemini CLI', scopes: ['openid', 'email'] },
  ],
  [
    '.claude/.credentials.json',
    {
      claudeAiOauth: { accessToken: ACCESS, refreshToken: REFRESH, expiresAt: soon * 1000, scopes: ['user:inference'] },
    },
    { client: 'Claude Code', scopes: ['user:inference'] },
  ],
  [
    '.claude/.credentials.json',
    {
      mcpOAuth: {
        x: {
          serverName: 'linear',
          serverUrl: 'https://mcp.linear.app/mcp',
          clientId: 'c',
          accessToken: ACCESS,
          scope: 'read write',
        },
      },
    },
    { client: 'Claude Code at linear', scopes: ['read', 'write'] },
  ],
])('%s', async (path, content, { client, human, scopes }) => {
  const { entities, sentences } = await read(homeWith({ [path]: content }))
  const app = entities.find(({ type }) => type === 'oauth_app')!
  expect(app.attributes).toMatchObject({ client, ...(scopes && { scopes }) })
  if (scopes === undefined) expect(app.unknowns?.['scopes']?.reason).toContain('does not name them')
  const account = entities.find(({ type }) => type === 'oauth_account')!
  expect(sentences).toContain(`${app.key} assumes ${account.key}`)
  if (human !== undefined) expect(account.key).toBe(human)
})

test('a service account’s key, an empty file and rubbish are no consent', async () => {
  const { entities } = await read(
    homeWith({
      '.config/gcloud/application_default_credentials.json': { type: 'service_account', private_key: 'x' },
      '.codex/auth.json': '{"tokens":',
      '.gemini/oauth_creds.json': '[]',
      '.claude/.credentials.json': '',
      '.azure/msal_token_cache.json': { RefreshToken: [null, 1], AccessToken: 'x', Account: { a: null } },
    }),
  )
  expect(entities).toEqual([])
})

test('no JSON makes a format throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.values(formats)), (value, format) => {
      for (const shape of [
        value,
        { tokens: value },
        { mcpOAuth: { a: value }, claudeAiOauth: value },
        { RefreshToken: { a: value }, AccessToken: { a: value }, Account: { a: value } },
      ])
        expect(Array.isArray(format(JSON.stringify(shape)))).toBe(true)
    }),
    { numRuns: 300 },
  )
})
