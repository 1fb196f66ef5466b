import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { accountsOf, homesOf } from './accounts.ts'
import {
  type Consent,
  type ConsentFormat,
  claudeLogins,
  codexLogin,
  geminiLogin,
  googleUser,
  msalCache,
} from './consent-formats.ts'
import { clean, type Host, hostKey, instant, keyOf, namesIn, novel, readText, userKey } from './host.ts'

const LIMIT = 4 << 20

const PLACES: readonly [path: string, ConsentFormat][] = [
  ['.azure/msal_token_cache.json', msalCache],
  ['.config/gcloud/application_default_credentials.json', googleUser],
  ['.config/gcloud/legacy_credentials/*/adc.json', googleUser],
  ['.claude/.credentials.json', claudeLogins],
  ['.codex/auth.json', codexLogin],
  ['.gemini/oauth_creds.json', geminiLogin],
]

/**
 * Programs that act in a person's name by OAuth, from the token files they keep: the program is one identity, the person's account
 * another, and the one assumes the other. The tokens themselves are told by `credential-files`.
 */
export const consents: Collection<Host> = {
  id: 'consents',
  title: 'Programs that people signed in',
  yields: ['oauth_app', 'oauth_account', 'oauth_consent', 'person'],
  needs: ['read the token files of command-line clients in all homes; of a token only that it is there is kept'],
  async *read(host, run) {
    const accounts = await accountsOf(host, run)
    const fresh = novel()
    for (const { user, home } of homesOf(accounts)) {
      for (const [path, format] of PLACES) {
        for (const file of await filesAt(host, run, `${home}/${path}`)) {
          const content = await readText(host, run, file, { limit: LIMIT, within: home })
          if (content === null) continue
          for (const consent of read(format, content.text))
            for (const item of describe(host, run, user.name, file, consent)) if (fresh(item)) yield item
        }
      }
    }
  },
}

async function filesAt(host: Host, run: Run, pattern: string): Promise<string[]> {
  const [folder, rest] = pattern.split('/*')
  if (rest === undefined) return [pattern]
  const names = await namesIn(host, run, folder!)
  return names.filter(({ kind }) => kind === 'folder').map(({ name }) => `${folder}/${name}${rest}`)
}

/** A file that is not what its name says holds no consent; `credential-files` looks through it all the same. */
function read(format: ConsentFormat, text: string): Consent[] {
  try {
    return format(text)
  } catch {
    return []
  }
}

function* describe(host: Host, run: Run, user: string, file: string, consent: Consent): Iterable<Entity | Edge> {
  const { client, clientId, issuer, account, scopes, refreshToken, accessUntil } = consent
  const whose = account.name === null ? user : clean(account.name, 200)
  const app = keyOf(host, `/user/${user}/oauth/${clientId ?? client}/${account.name ?? issuer}`)
  const human = account.key ?? keyOf(host, `/user/${user}/account/${issuer}/${account.name ?? ''}`)
  const live = accessUntil !== null && accessUntil > run.now().getTime()
  const end = accessUntil === null ? null : instant(accessUntil)
  const held = {
    ...(scopes === null ? {} : { scopes, offlineAccess: scopes.includes('offline_access') }),
    refreshToken: refreshToken !== null,
    accessToken: accessUntil === null ? 'none, or without an end' : live ? 'valid' : 'ended',
    grantor: whose,
    issuer,
  }
  const unread = scopes === null ? { unknowns: { scopes: { reason: 'its token file does not name them' } } } : {}
  yield {
    kind: 'identity',
    type: 'oauth_app',
    key: app,
    name: clean(`${client} for ${whose}`, 300),
    created: { unknown: 'a token file does not say when consent was given' },
    expires:
      refreshToken !== null
        ? { notApplicable: 'it renews its token until somebody revokes it' }
        : end === null
          ? { unknown: 'its token file names no end' }
          : { value: end },
    lastUsed: { unknown: 'a token file does not say when it was used' },
    ...(clientId !== null && { aliases: [clean(clientId, 200)] }),
    attributes: {
      accountKind: 'service',
      accountKindReasons: ['it is a program that acts in a person’s name'],
      delegated: true,
      client,
      ...(clientId !== null && { clientId: clean(clientId, 200) }),
      ...held,
      file: clean(file, 500),
    },
    ...unread,
  }
  yield {
    kind: 'identity',
    type: 'oauth_account',
    key: human,
    name: clean(`${whose} at ${issuer}`, 300),
    ...(account.name !== null && { aliases: [clean(account.name, 200)] }),
    attributes: {
      accountKind: 'human',
      accountKindReasons: ['a person signed in with it'],
      issuer,
      liveSession: live,
    },
  }
  const grant = `${app}/consent`
  yield {
    kind: 'entitlement',
    type: 'oauth_consent',
    key: grant,
    name: clean(`consent of ${whose} to ${client}`, 300),
    attributes: held,
    ...unread,
  }
  yield {
    from: app,
    verb: 'assumes',
    to: human,
    attributes: { delegated: true, how: 'by consent, with a token of OAuth' },
  }
  yield { from: app, verb: 'has', to: grant }
  yield { from: hostKey(host), verb: 'contains', to: app }
  yield { from: userKey(host, user), verb: 'controls', to: app }
  if (refreshToken !== null)
    yield { from: `credential:${run.fingerprint(refreshToken)}`, verb: 'authenticates', to: app }
  if (account.name !== null && /^[^\s@]+@[^\s@]+$/.test(account.name)) {
    const person = `person:${clean(account.name, 200).toLowerCase()}`
    yield {
      kind: 'person',
      type: 'person',
      key: person,
      name: clean(account.name, 200),
      attributes: { email: clean(account.name, 200).toLowerCase() },
    }
    yield { from: person, verb: 'created', to: app, attributes: { how: 'by consent' } }
    // Who lets a program act in their name answers for what it does, until somebody else is named.
    yield { from: person, verb: 'owns', to: app, attributes: { how: 'gave the consent' } }
  }
}
