import type { Run } from '../../sdk/index.ts'
import { type Accounts, accountsOf, namesByUid } from './accounts.ts'
import { type Host, once, readText } from './host.ts'
import { eachOf } from './machine.ts'
import { type Process, processesOf, quiet } from './processes.ts'

export interface Listener {
  address: string
  port: number
  uid: number
  account: string
  /** Null where the file descriptors of its process may not be read. */
  process: Process | null
}

const LISTEN = '0A'

/** A line of /proc/net/tcp: `0: 0100007F:1F90 00000000:0000 0A … uid … inode`. */
export function parseListening(text: string): { address: string; port: number; uid: number; inode: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/)
    const found = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local ?? '')
    if (!found || state !== LISTEN || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(inode ?? '')) return []
    return [{ address: addressOf(found[1]!), port: Number.parseInt(found[2]!, 16), uid: Number(uid), inode: inode! }]
  })
}

/** Words of four bytes in the byte order of the machine, which is little-endian on everything Reeve reads. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    word
      .match(/../g)!
      .map((byte) => Number.parseInt(byte, 16))
      .reverse(),
  )
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at]! << 8) | bytes[2 * at + 1]!).toString(16)).join(
    ':',
  )
  const zeros = [...groups.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0]
  return zeros
    ? `${groups.slice(0, zeros.index)}::${groups.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`
    : groups
}

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

export const listenersOf = (host: Host, run: Run): Promise<Listener[]> =>
  once(host, run, 'listeners', async (run) => {
    const accounts = await accountsOf(host, run)
    const sockets = [
      ...parseListening((await readText(host, run, '/proc/net/tcp'))?.text ?? ''),
      ...parseListening((await readText(host, run, '/proc/net/tcp6'))?.text ?? ''),
    ]
    const owners = await ownersOf(host, run, new Set(sockets.map((socket) => socket.inode)))
    return join(accounts, sockets, owners)
  })

async function ownersOf(host: Host, run: Run, inodes: ReadonlySet<string>): Promise<Map<string, Process>> {
  const owners = new Map<string, Process>()
  let refused = 0
  await eachOf((await processesOf(host, run)).list, 8, async (process) => {
    const links = await quiet(
      host.machine.links(`/proc/${process.pid}/fd`).catch((error) => {
        refused++
        throw error
      }),
    )
    for (const target of links?.values() ?? []) {
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode === undefined || !inodes.has(inode)) continue
      // Of a master and its workers, the workers serve: nginx keeps the socket as root and answers as www-data.
      const known = owners.get(inode)
      if (
        !known ||
        (known.uid === 0 && process.uid !== 0) ||
        (known.pid > process.pid && (known.uid !== 0) === (process.uid !== 0))
      )
        owners.set(inode, process)
    }
  })
  const hidden = [...inodes].filter((inode) => !owners.has(inode)).length
  if (refused > 0 && hidden > 0)
    run.ledger.refuse(`finding which programs listen on ${hidden} sockets was refused`, {
      count: hidden,
      permission: 'read /proc/<pid>/fd of all processes: run as root or give CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH',
    })
  return owners
}

function join(
  accounts: Accounts,
  sockets: ReturnType<typeof parseListening>,
  owners: Map<string, Process>,
): Listener[] {
  const names = namesByUid(accounts)
  const found = new Map<string, Listener>()
  for (const { address, port, uid, inode } of sockets) {
    const process = owners.get(inode) ?? null
    // A socket keeps the uid that opened it; the process that serves it may have given up root since.
    const serving = process?.uid ?? uid
    const id = `${address} ${port}`
    if (!found.has(id))
      found.set(id, { address, port, uid: serving, account: names.get(serving) ?? String(serving), process })
  }
  return [...found.values()]
}
