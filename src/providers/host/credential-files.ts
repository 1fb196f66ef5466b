import { type Collection, type Edge, type Entity, Refused, type Run } from '../../sdk/index.ts'
import { accountsOf, homesOf, namesByUid } from './accounts.ts'
import { inspectCommand } from './command.ts'
import { anything } from './credential-formats.ts'
import { type CredentialPlace, inHomes, onSystem } from './credential-places.ts'
import { factsOf } from './file-facts.ts'
import { clean, fileKey, type Host, novel, textOf, userKey } from './host.ts'
import { type FileContent, part, refused } from './machine.ts'
import { describeSecrets, type Found, scanned } from './secrets.ts'

const LIMIT = 4 << 20

export const credentialFiles: Collection<Host> = {
  id: 'credential-files',
  title: 'Credential files and shell histories',
  yields: ['host_secret_file', 'host_history_secret', 'secret_value', 'x509_certificate'],
  needs: [
    'read the credential files of well-known tools in all homes and below /etc (root or CAP_DAC_READ_SEARCH); of each secret a keyed fingerprint is kept, never its value',
  ],
  async *read(host, run) {
    const accounts = await accountsOf(host, run)
    const owners = namesByUid(accounts)
    const fresh = novel()
    for await (const { place, content } of found(host, run)) {
      for (const item of await describe(host, run, place, content, owners.get(content.info.uid)))
        if (fresh(item)) yield item
    }
  },
}

async function* found(host: Host, run: Run): AsyncIterable<{ place: CredentialPlace; content: FileContent }> {
  for (const { home } of homesOf(await accountsOf(host, run))) {
    // One refusal for a home that is closed, not one for each file that might be in it.
    const open = await part(run, () => isOpen(host, home))
    if (!open) continue
    for (const place of inHomes)
      for await (const content of filesAt(host, run, `${home}/${place.path}`, home)) yield { place, content }
  }
  for (const place of onSystem) for await (const content of filesAt(host, run, place.path)) yield { place, content }
  for (const folder of host.folders) {
    for (const { name, kind } of (await part(run, () => host.machine.list(folder))) ?? []) {
      if (kind !== 'file' || !/^\.env|\.(env|ini|cnf|conf|ya?ml|json|toml|properties)$/i.test(name)) continue
      for await (const content of filesAt(host, run, `${folder.replace(/\/+$/, '')}/${name}`))
        yield { place: { path: name, format: anything, kind: 'credentials' }, content }
    }
  }
}

/** Whether there is such a home; refused as a whole where it may not be entered. */
async function isOpen(host: Host, home: string): Promise<boolean> {
  if ((await host.machine.stat(home))?.kind !== 'folder') return false
  await host.machine.lstat(`${home}/.profile`).catch((error) => {
    throw error instanceof Refused ? refused(home, error) : error
  })
  return true
}

async function* filesAt(host: Host, run: Run, pattern: string, within?: string): AsyncIterable<FileContent> {
  run.signal.throwIfAborted()
  const star = pattern.indexOf('*')
  const paths: string[] = []
  if (star < 0) paths.push(pattern)
  else {
    const folder = pattern.slice(0, star - 1)
    for (const { name, kind } of (await part(run, () => host.machine.list(folder))) ?? []) {
      if (kind !== 'other' && (star + 1 === pattern.length) !== (kind === 'folder'))
        paths.push(`${folder}/${name}${pattern.slice(star + 1)}`)
    }
  }
  for (const path of paths) {
    const content = await part(run, () =>
      host.machine.readFile(path, { limit: LIMIT, ...(within !== undefined && { within }) }),
    )
    if (content === null) continue
    if (content.truncated)
      run.ledger.refuse(`reading ${path}: it is too large, only the first ${LIMIT} bytes were read`)
    yield { ...content, path }
  }
}

async function describe(
  host: Host,
  run: Run,
  place: CredentialPlace,
  content: FileContent,
  owner: string | undefined,
): Promise<(Entity | Edge)[]> {
  const text = textOf(content.bytes)
  const { secrets, certificates } =
    place.kind === 'history' ? { secrets: historySecrets(run, text), certificates: [] } : read(place, text)
  const facts = await factsOf(host, run, content.path, content.info)
  const key = fileKey(host, content.path)
  return [
    ...certificates,
    ...describeSecrets(
      host,
      run,
      {
        type: place.kind === 'history' ? 'host_history_secret' : 'host_secret_file',
        key,
        name: clean(`${content.path} on ${host.name}`, 500),
        attributes: facts,
        ...(owner !== undefined && { controlledBy: [userKey(host, owner)] }),
      },
      [...secrets, ...scanned(run, content.bytes, content.path)],
    ),
  ]
}

/** A file that is not what its name says is still looked through by the scanner. */
function read(place: CredentialPlace, text: string) {
  try {
    return place.format(text)
  } catch {
    return { secrets: [], certificates: [] }
  }
}

const historySecrets = (run: Run, text: string): Found[] =>
  text
    .split('\n')
    .flatMap((line, at) =>
      line.length > 20_000
        ? []
        : inspectCommand({ ...run, scan: () => [] }, line).secrets.map((one) => ({ ...one, line: at + 1 })),
    )
