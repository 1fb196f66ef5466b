import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { accountsOf, namesByUid } from './accounts.ts'
import { certificateKey } from './certificate.ts'
import { factsOf } from './file-facts.ts'
import { clean, fileKey, type Host, hostKey, instant, novel, userKey } from './host.ts'
import { type KeyFile, keyFilesOf } from './key-files.ts'
import { hostKeyName, spkiOf, sshKeyEntity } from './ssh-key.ts'

export const privateKeys: Collection<Host> = {
  id: 'private-keys',
  title: 'Private keys on disk',
  yields: ['host_private_key_file', 'host_ssh_certificate_file', 'ssh_key', 'ssh_certificate'],
  needs: [
    'read the .ssh folders of all accounts and the key folders below /etc (root or CAP_DAC_READ_SEARCH); of a private key only its public half is kept',
  ],
  async *read(host, run) {
    const files = await keyFilesOf(host, run)
    const byPath = new Map(files.map((file) => [file.path, file]))
    const certified = new Map(
      files.flatMap((file) =>
        file.certificates.map((certificate): [string, string] => [spkiOf(certificate), certificateKey(certificate)]),
      ),
    )
    const names = namesByUid(await accountsOf(host, run))
    const fresh = novel()
    for (const file of files) {
      const owner = names.get(file.info.uid)
      for (const item of await describe(host, run, file, byPath, certified, owner)) if (fresh(item)) yield item
    }
  },
}

async function describe(
  host: Host,
  run: Run,
  file: KeyFile,
  byPath: Map<string, KeyFile>,
  certified: Map<string, string>,
  owner: string | undefined,
): Promise<(Entity | Edge)[]> {
  const items: (Entity | Edge)[] = []
  const key = fileKey(host, file.path)
  const [first] = file.privateKeys
  if (first) {
    const beside = byPath.get(`${file.path}.pub`)?.publicKey ?? null
    const publicKey = first.publicKey ?? beside
    const forTls = first.spki === null ? undefined : certified.get(first.spki)
    const facts = await factsOf(host, run, file.path, file.info)
    const isHostKey = /\/ssh_host_[a-z0-9]+_key$/.test(file.path)
    items.push({
      kind: 'secret',
      type: 'host_private_key_file',
      key,
      name: clean(`${file.path} on ${host.name}`, 600),
      ...(publicKey && { aliases: [publicKey.fingerprint] }),
      attributes: {
        ...facts,
        host: host.name,
        format: first.format,
        encrypted: first.encrypted,
        cipher: first.cipher,
        keys: file.privateKeys.length,
        hostKey: isHostKey,
        forTls: forTls !== undefined,
        ...(publicKey && { keyType: publicKey.keyType, bits: publicKey.bits }),
      },
      ...(!publicKey &&
        forTls === undefined && {
          unknowns: { publicKey: { reason: 'the key is encrypted as a whole, and no .pub file lies beside it' } },
        }),
    })
    items.push({ from: hostKey(host), verb: 'contains', to: key })
    if (forTls !== undefined) items.push({ from: key, verb: 'holds', to: forTls })
    else if (publicKey) {
      const name = isHostKey ? hostKeyName(host, publicKey) : beside?.comment
      items.push(sshKeyEntity(publicKey, { ...(name && { name }), attributes: isHostKey ? { hostKey: true } : {} }), {
        from: key,
        verb: 'holds',
        to: `ssh:${publicKey.fingerprint}`,
      })
    }
    if (owner !== undefined) items.push({ from: userKey(host, owner), verb: 'controls', to: key })
  }
  if (file.publicKey?.certificate) items.push(...sshCertificate(host, file, owner))
  return items
}

function sshCertificate(host: Host, file: KeyFile, owner: string | undefined): (Entity | Edge)[] {
  const { certificate, keyType } = file.publicKey!
  const { fingerprint, keyId, serial, principals, authority, forHost } = certificate!
  const from = certificate!.validFrom === null ? null : instant(certificate!.validFrom)
  const until = certificate!.validUntil === null ? null : instant(certificate!.validUntil)
  const credential = `ssh-cert:${fingerprint}`
  const place = fileKey(host, file.path)
  const items: (Entity | Edge)[] = [
    {
      kind: 'credential',
      type: 'ssh_certificate',
      key: credential,
      name: clean(`certificate ${keyId || serial}`, 300),
      method: 'certificate',
      created: from === null ? { unknown: 'the certificate names no beginning' } : { value: from },
      expires: until === null ? { notApplicable: 'the certificate is valid for ever' } : { value: until },
      aliases: [fingerprint, ...(keyId ? [keyId] : [])],
      attributes: { keyType, keyId, serial, principals, authority, forHost, publicKey: file.publicKey!.fingerprint },
    },
    {
      // It holds nothing secret: whoever has it still needs the private key beside it.
      kind: 'resource',
      type: 'host_ssh_certificate_file',
      key: place,
      name: clean(`${file.path} on ${host.name}`, 600),
      attributes: { file: clean(file.path), host: host.name },
    },
    { from: hostKey(host), verb: 'contains', to: place },
    { from: place, verb: 'contains', to: credential },
  ]
  if (owner !== undefined) items.push({ from: userKey(host, owner), verb: 'controls', to: place })
  return items
}
