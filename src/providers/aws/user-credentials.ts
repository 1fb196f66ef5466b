import type { Collection, Edge, Entity, JsonValue, Known } from '../../sdk/index.ts'
import { reportedKey } from './accounts.ts'
import { accessKeyKey, instant, keyOf } from './arn.ts'
import type { Report, ReportRow } from './credential-report.ts'
import { merged } from './merged.ts'
import { type Answer, type Aws, type Place, reading } from './place.ts'

type Iam = typeof import('@aws-sdk/client-iam')
type Client = import('@aws-sdk/client-iam').IAMClient
type Item = Entity | Edge

interface User {
  name: string
  key: string
  lastPassword: string | undefined
  row: ReportRow | undefined
}

const USERS_AT_ONCE = 8
const NONE = ['NoSuchEntity', 'NoSuchEntityException']

/** By what users prove themselves: keys, passwords, certificates and the credentials of single services. */
export const userCredentials: Collection<Aws> = reading({
  id: 'user-credentials',
  title: 'Access keys, passwords and other credentials of users',
  yields: [
    'aws_access_key',
    'aws_console_password',
    'aws_service_specific_credential',
    'aws_signing_certificate',
    'aws_ssh_public_key',
  ],
  needs: [
    'iam:ListUsers',
    'iam:ListAccessKeys',
    'iam:GetAccessKeyLastUsed',
    'iam:GetLoginProfile',
    'iam:ListMFADevices',
    'iam:ListServiceSpecificCredentials',
    'iam:ListSigningCertificates',
    'iam:ListSSHPublicKeys',
    'iam:GenerateCredentialReport',
    'iam:GetCredentialReport',
  ],
  where: 'account',
  async *read(place) {
    const iam = await import('@aws-sdk/client-iam')
    const client = place.client(iam.IAMClient)
    const report = await place.live.report(place.account.id)
    yield* merged(eachUser(place, iam, client, report), USERS_AT_ONCE)
  },
  async *readFiles({ reports }, { ledger }) {
    if (reports.size === 0)
      ledger.refuse('no credential report was imported', {
        permission: 'iam:GetCredentialReport, or connect the account itself',
      })
    else
      ledger.refuse('a credential report names no key, and neither service-specific credentials nor SSH keys', {
        scope: 'ids of keys',
        permission: 'connect the account itself, with iam:ListAccessKeys',
      })
    for (const [account, { users, faults }] of reports) {
      const scope = `credential report of ${account}`
      ledger.obtain(users.size, scope)
      for (const { line, says } of faults) ledger.refuse(`line ${line}: ${says}`, { scope })
      for (const row of users.values()) {
        const user = keyOf(row.arn)
        for (const key of row.keys) {
          const entity = reportedKey(user, row.user, key)
          yield entity
          yield { from: entity.key, verb: 'authenticates', to: user }
        }
        if (row.password.enabled)
          yield* password({ name: row.user, key: user, lastPassword: row.password.used, row }, {})
      }
    }
  },
})

async function* eachUser(
  place: Place,
  iam: Iam,
  client: Client,
  report: Report | { unknown: string },
): AsyncGenerator<() => AsyncIterable<Item>> {
  const bulk = await serviceCredentialsOfAll(place, iam, client)
  for await (const { Users = [] } of iam.paginateListUsers({ client, pageSize: 1000 }, {})) {
    for (const { UserName, Arn, PasswordLastUsed } of Users) {
      if (UserName === undefined || Arn === undefined) continue
      const row = 'unknown' in report ? undefined : report.users.get(Arn)
      const user: User = { name: UserName, key: keyOf(Arn), lastPassword: instant(PasswordLastUsed), row }
      yield () => readUser(place, iam, client, user, bulk)
    }
    place.obtained(Users.length)
  }
}

async function* readUser(
  { ask }: Place,
  iam: Iam,
  client: Client,
  user: User,
  bulk: ReadonlyMap<string, ServiceCredential[]> | undefined,
): AsyncGenerator<Item> {
  const UserName = user.name
  const keys = await ask('iam:ListAccessKeys', () => client.send(new iam.ListAccessKeysCommand({ UserName })), NONE)
  for (const { AccessKeyId: id, Status, CreateDate } of answered(keys)?.AccessKeyMetadata ?? []) {
    if (id === undefined) continue
    const used = await ask('iam:GetAccessKeyLastUsed', () =>
      client.send(new iam.GetAccessKeyLastUsedCommand({ AccessKeyId: id })),
    )
    const { LastUsedDate, ServiceName, Region } = answered(used)?.AccessKeyLastUsed ?? {}
    const at = instant(LastUsedDate)
    const lastUsed: Known<string> =
      'unknown' in used ? used : at === undefined ? { notApplicable: 'it has never been used' } : { value: at }
    yield* credential(user, {
      type: 'aws_access_key',
      key: accessKeyKey(id),
      name: id,
      method: 'access-key',
      created: time(CreateDate),
      expires: { notApplicable: 'an access key has no end' },
      lastUsed,
      aliases: [id],
      attributes: {
        keyId: id,
        status: Status ?? null,
        ...('value' in used && at === undefined && { neverUsed: true }),
        ...(at !== undefined && { lastUsedService: ServiceName ?? null, lastUsedRegion: Region ?? null }),
      },
    })
  }

  // The report has told who has none, which spares three questions for most.
  const { row } = user
  const login =
    row?.password.enabled === false
      ? { absent: 'the credential report says so' }
      : await ask('iam:GetLoginProfile', () => client.send(new iam.GetLoginProfileCommand({ UserName })), NONE)
  if (!('absent' in login)) {
    const devices =
      row?.mfa === false
        ? { value: { MFADevices: [], $metadata: {} } }
        : await ask('iam:ListMFADevices', () => client.send(new iam.ListMFADevicesCommand({ UserName })), NONE)
    const { CreateDate, PasswordResetRequired } = answered(login)?.LoginProfile ?? {}
    yield* password(user, {
      ...('unknown' in login && { exists: login }),
      created: instant(CreateDate),
      ...('unknown' in devices
        ? { mfaUnknown: devices }
        : { devices: (answered(devices)?.MFADevices ?? []).flatMap(({ SerialNumber }) => SerialNumber ?? []) }),
      resetRequired: PasswordResetRequired,
    })
  }

  if (row === undefined || row.certificates.length > 0) {
    const found = await ask(
      'iam:ListSigningCertificates',
      () => client.send(new iam.ListSigningCertificatesCommand({ UserName })),
      NONE,
    )
    for (const { CertificateId: id, Status, UploadDate } of answered(found)?.Certificates ?? []) {
      if (id === undefined) continue
      yield* credential(user, {
        type: 'aws_signing_certificate',
        key: `${user.key}#signing-certificate/${id}`,
        name: `signing certificate of ${user.name}`,
        method: 'certificate',
        created: time(UploadDate),
        lastUsed: { unknown: 'AWS does not record use of it' },
        aliases: [id],
        attributes: { status: Status ?? null },
      })
    }
  }
  const ssh = await ask(
    'iam:ListSSHPublicKeys',
    () => client.send(new iam.ListSSHPublicKeysCommand({ UserName })),
    NONE,
  )
  for (const { SSHPublicKeyId: id, Status, UploadDate } of answered(ssh)?.SSHPublicKeys ?? []) {
    if (id === undefined) continue
    yield* credential(user, {
      type: 'aws_ssh_public_key',
      key: `${user.key}#ssh-key/${id}`,
      name: `CodeCommit SSH key of ${user.name}`,
      method: 'ssh-key',
      created: time(UploadDate),
      expires: { notApplicable: 'an SSH public key has no end' },
      lastUsed: { unknown: 'AWS does not record use of it' },
      aliases: [id],
      attributes: { status: Status ?? null, service: 'codecommit.amazonaws.com' },
    })
  }
  const own =
    bulk?.get(user.name) ??
    (bulk !== undefined
      ? []
      : (answered(
          await ask(
            'iam:ListServiceSpecificCredentials',
            () => client.send(new iam.ListServiceSpecificCredentialsCommand({ UserName })),
            NONE,
          ),
        )?.ServiceSpecificCredentials ?? []))
  for (const one of own) {
    const { ServiceSpecificCredentialId: id, ServiceName, Status, CreateDate, ExpirationDate } = one
    if (id === undefined) continue
    const ends = instant(ExpirationDate)
    yield* credential(user, {
      type: 'aws_service_specific_credential',
      key: `${user.key}#service-credential/${id}`,
      name: `${ServiceName?.split('.')[0] ?? 'service'} credential of ${user.name}`,
      method: ServiceName?.startsWith('bedrock') ? 'token' : 'password',
      created: time(CreateDate),
      expires: ends === undefined ? { notApplicable: 'it has no end' } : { value: ends },
      lastUsed: { unknown: 'AWS does not record use of it' },
      aliases: [id],
      attributes: { status: Status ?? null, service: ServiceName ?? null, endless: ends === undefined },
    })
  }
}

type ServiceCredential = import('@aws-sdk/client-iam').ServiceSpecificCredentialMetadata

/** One listing for all users, where AWS has it; else undefined, and each user is asked. */
async function serviceCredentialsOfAll(
  { run }: Place,
  iam: Iam,
  client: Client,
): Promise<ReadonlyMap<string, ServiceCredential[]> | undefined> {
  const found = new Map<string, ServiceCredential[]>()
  try {
    let Marker: string | undefined
    do {
      const page = await client.send(
        new iam.ListServiceSpecificCredentialsCommand({ AllUsers: true, ...(Marker !== undefined && { Marker }) }),
      )
      for (const one of page.ServiceSpecificCredentials ?? []) {
        if (one.UserName === undefined) return undefined
        found.set(one.UserName, [...(found.get(one.UserName) ?? []), one])
      }
      Marker = page.IsTruncated ? page.Marker : undefined
    } while (Marker !== undefined)
    return found
  } catch {
    run.signal.throwIfAborted()
    return undefined
  }
}

interface PasswordFacts {
  created?: string | undefined
  exists?: { unknown: string; permission?: string }
  devices?: string[]
  mfaUnknown?: { unknown: string; permission?: string }
  resetRequired?: boolean | undefined
}

function* password(user: User, facts: PasswordFacts): Iterable<Item> {
  const { row } = user
  const used = row?.password.used ?? user.lastPassword
  const created = row?.password.changed ?? facts.created
  const mfa = facts.devices === undefined ? row?.mfa : facts.devices.length > 0
  const attributes: { [name: string]: JsonValue } = {
    ...(mfa !== undefined && { mfa }),
    ...(facts.devices !== undefined && facts.devices.length > 0 && { devices: facts.devices.slice(0, 8) }),
    ...(row?.password.changed !== undefined && { rotated: row.password.changed }),
    ...(facts.resetRequired === true && { resetRequired: true }),
    ...(used === undefined && facts.exists === undefined && { neverUsed: true }),
  }
  const unknowns = {
    ...(facts.exists && { exists: reasonOf(facts.exists) }),
    ...(mfa === undefined && { mfa: reasonOf(facts.mfaUnknown ?? { unknown: 'the source does not say' }) }),
  }
  yield* credential(user, {
    type: 'aws_console_password',
    key: `${user.key}#password`,
    name: `console password of ${user.name}`,
    method: 'password',
    created:
      created === undefined ? { unknown: facts.exists?.unknown ?? 'the source gives no date' } : { value: created },
    expires: { notApplicable: 'the account’s password policy says when it must be changed' },
    lastUsed:
      used !== undefined
        ? { value: used }
        : facts.exists
          ? facts.exists
          : { notApplicable: 'AWS has recorded no use of it' },
    attributes,
    ...(Object.keys(unknowns).length > 0 && { unknowns }),
  })
}

function* credential(user: User, entity: Omit<Entity, 'kind'>): Iterable<Item> {
  yield { kind: 'credential', ...entity }
  yield { from: entity.key, verb: 'authenticates', to: user.key }
}

const answered = <T>(answer: Answer<T>): T | undefined => ('value' in answer ? answer.value : undefined)
const time = (given: unknown): Known<string> => {
  const value = instant(given)
  return value === undefined ? { unknown: 'the source gives no date' } : { value }
}
const reasonOf = ({ unknown, permission }: { unknown: string; permission?: string }) => ({
  reason: unknown,
  ...(permission !== undefined && { permission }),
})
