import { describe, expect, test } from 'vitest'
import { accountOf } from './detectors/aws.ts'
import { detectors } from './detectors/index.ts'
import { made } from './detectors/made.ts'
import { compile } from './engine.ts'
import { scanBytes } from './reading.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

test('ids are unique and speak for themselves', () => {
  const ids = detectors.map((detector) => detector.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([])
})

test('300 formats of tokens of 200 systems are known', () => {
  const formats = detectors.filter(({ rank }) => rank >= 2)
  expect(formats.length).toBeGreaterThanOrEqual(300)
  expect(new Set(formats.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(200)
})

test('every format has cases both ways; what is found by its first bytes has files of its own', () => {
  const without = detectors.filter(
    ({ cases, atStart }) => cases.no.length === 0 || (cases.yes.length === 0 && !atStart),
  )
  expect(without.map(({ id }) => id)).toEqual(['ansible-vault'])
})

const all = compile(detectors)
const detections = (text: string, file = '') => scanBytes(all, bytes(text), file)

describe('a key id says which account it opens', () => {
  const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  /** The bit that newer keys begin with, the account, and what nobody knows. */
  const keyOf = (account: bigint, kind = 'AKIA'): string => {
    let bits = (1n << 79n) | (account << 39n) | 0x3a5c19e7b2n
    let text = ''
    for (let at = 0; at < 16; at++) {
      text = BASE32[Number(bits & 31n)] + text
      bits >>= 5n
    }
    return kind + text
  }

  test.each([100000000001n, 29608264753n, 123456789012n, 999999999999n])('account %s', (account) => {
    const twelve = String(account).padStart(12, '0')
    for (const kind of ['AKIA', 'ASIA']) {
      const id = keyOf(account, kind)
      expect(accountOf(id)).toBe(twelve)
      expect(detections(`id = ${id}\n`)[0]).toMatchObject({
        keyId: id,
        title: `AWS access key id of account ${twelve}`,
      })
    }
    const [id, secret] = detections(
      made(`aws_access_key_id = ${keyOf(account)}\naws_secret_access_key = {A-Za-z0-9/+:40}\n`),
    )
    expect(secret).toMatchObject({
      keyId: id!.keyId,
      title: `AWS secret access key of account ${twelve}`,
    })
  })

  test('keys made before 2019 do not say it, nor does what is no account', () => {
    expect(accountOf('AKIAIQ5N3KD7WV2XJ6YA')).toBeNull()
    expect(accountOf('AKIA7777777777777777')).toBeNull()
    expect(accountOf('AKIAQ5N3KD7')).toBeNull()
  })
})

describe('a secret of several parts knows the others', () => {
  test('Twilio: the account beside the token', () => {
    const sid = made('AC{0-9a-f:32}')
    const found = detections(made(`TWILIO_ACCOUNT_SID=${sid}\nTWILIO_AUTH_TOKEN={0-9a-f:32}\n`))
    expect(found.find(({ detector }) => detector === 'twilio-auth-token')).toMatchObject({ keyId: sid })
  })

  test('Entra ID: tenant and application beside the client secret', () => {
    const [tenant, client] = ['1', '2'].map((digit) =>
      made(`${digit}{0-9a-f:7}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}`),
    )
    const text = made(
      `AZURE_TENANT_ID=${tenant}\nAZURE_CLIENT_ID=${client}\nAZURE_CLIENT_SECRET=abC8Q~{A-Za-z0-9_~-:34}\n`,
    )
    expect(detections(text).find(({ detector }) => detector === 'azure-ad-client-secret')).toMatchObject({
      keyId: client,
      title: `Entra ID (Azure AD) client secret in tenant ${tenant}`,
    })
  })

  test.each([
    ['paystack', made('sk_live_{a-f0-9:40}')],
    ['uploadthing', made('sk_live_{a-f0-9:64}')],
    ['workos', made('sk_live_a2V5X{A-Za-z0-9:40}')],
    ['stripe', made('sk_live_{A-Za-z0-9:24}')],
  ])('the body says whose a key with the prefix of Stripe is: %s', (provider, key) => {
    expect(detections(`key = "${key}"`).map((one) => one.provider)).toEqual([provider])
  })
})

describe('a page that shows a line of configuration', () => {
  test.each([
    '    MYSQL_ROOT_PASSWORD: whalehello\n',
    '- POSTGRES_PASSWORD=harbour\n',
    '  userPassword: my-better-boat\n',
    'docker run -e DB_PASSWORD=quays -it a\n',
    'Admin password: `quays`\n',
    "AMQP_PASSWORD = 'quayside'\n",
  ])('is read as one: %s', (text) => {
    expect(detections(text, 'guide.md')).toHaveLength(1)
  })

  test.each([
    'Password: of your account\n',
    'Set DB_PASSWORD: it is wanted\n',
    'The RESET_PASSWORD=page shows it\n',
    '  Password: it is yours\n',
    'The password: `password`\n',
  ])('is told from a sentence: %s', (text) => {
    expect(detections(text, 'guide.md')).toEqual([])
  })
})

describe('where nothing says what a file is, two words beside each other are no password', () => {
  test.each(['Password Lm71Quay#+', 'password is Lm71Quay#+', 'PW Lm71Quay#+'])('%s', (text) => {
    expect(detections(text, 'notes/letter')).toEqual([])
    expect(detections(text, 'notes/letter.md')).toHaveLength(1)
    expect(detections(text)).toHaveLength(1)
  })

  test('a sign of assignment does say it', () => {
    expect(detections('password:Lm71Quay#+', 'notes/letter')).toHaveLength(1)
  })
})

test('no pattern repeats without a bound', () => {
  const unbounded = detectors.filter(({ pattern }) =>
    /(?<!\\)[*+](?![^[\]]*\])|\{\d+,\}/.test(pattern.source.replace(/\[(?:\\.|[^\]\\])*\]/g, 'C')),
  )
  expect(unbounded.map(({ id }) => id)).toEqual([])
})

test('a pattern that ignores case has anchors that do', () => {
  const wrong = detectors.filter(
    ({ pattern, anchors }) => pattern.flags.includes('i') && anchors.some(({ anyCase }) => anyCase !== true),
  )
  expect(wrong.map(({ id }) => id)).toEqual([])
})

describe.each(detectors)('$id', (detector) => {
  const alone = compile([detector])
  const found = (text: string) => scanBytes(alone, bytes(text), detector.cases.file ?? '')

  test('finds its positive cases and shows little of them', () => {
    for (const text of detector.cases.yes) {
      const detections = found(text)
      expect(detections.length, text).toBeGreaterThan(0)
      for (const { value, redacted, start, end } of detections) {
        const shown = redacted.replace('…', '')
        expect(Buffer.from(text).subarray(start, end).toString('utf8')).toBe(value.reveal())
        expect(shown.length).toBeLessThanOrEqual((detector.prefix ?? 0) + 4)
        expect(redacted).not.toContain(value.reveal())
      }
    }
  })

  test('is silent on its negative cases', () => {
    expect(detector.cases.no.filter((text) => found(text).length > 0)).toEqual([])
  })
})

describe('what opens is said where something beside the secret says it', () => {
  test.each([
    ['redis', 'REDIS_PASSWORD=tr0ub4dor9'],
    ['snowflake', 'snowflake_password = "tr0ub4dor9"'],
    ['generic', 'form_password = "tr0ub4dor9"'],
    ['datadog', made('curl https://api.datadog.test/v1 -H "Authorization: Bearer {A-Za-z0-9:40}"')],
    ['datadog', made('curl -H "Authorization: Bearer {A-Za-z0-9:40}" https://api.datadog.test/v1')],
    ['http', made('curl https://inside.acme.test/v1 -H "Authorization: Bearer {A-Za-z0-9:40}"')],
  ])('%s: %s', (provider, text) => {
    expect(detections(text, 'a.sh').map((one) => one.provider)).toEqual([provider])
  })
})
