import { createHash } from 'node:crypto'
import { type Edge, type Entity, type Environment, isEdge, type Run } from '../../sdk/index.ts'
import { type FileContent, type Machine, part, type ReadOptions } from './machine.ts'

/** What `connect` gives to the collections: a machine, the name it goes by, and what one collection read that others need too. */
export interface Host {
  machine: Machine
  name: string
  environment: Environment | undefined
  /** Folders of the settings, beside the well-known ones. */
  folders: readonly string[]
  memory: Map<string, Promise<Remembered<any>>>
}

interface Remembered<T> {
  value: T
  refusals: Parameters<Run['ledger']['refuse']>[]
}

/**
 * Reads something once for all collections. What was refused meanwhile stands in the ledger of each of them, since each is
 * as incomplete as what it was made from.
 */
export async function once<T>(host: Host, run: Run, name: string, read: (run: Run) => Promise<T>): Promise<T> {
  let remembered: Promise<Remembered<T>> | undefined = host.memory.get(name)
  if (!remembered) {
    const refusals: Remembered<T>['refusals'] = []
    const ledger = {
      expect() {},
      obtain() {},
      refuse: (...line: Remembered<T>['refusals'][number]) => void refusals.push(line),
    }
    remembered = read({ ...run, ledger }).then((value) => ({ value, refusals }))
    host.memory.set(name, remembered)
  }
  const { value, refusals } = await remembered
  for (const line of refusals) run.ledger.refuse(...line)
  return value
}

const LONGEST_KEY = 600

/** Keys and names are hostile input: no control characters (PostgreSQL takes no NUL), no endless ones. */
export function clean(text: string, most = 1000): string {
  const plain = text.replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD')
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`
}

export function keyOf(host: Host, path: string): string {
  const key = `host:${host.name}${clean(path, 10_000)}`
  return key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY)}~${shortHash(key)}`
}

export const hostKey = (host: Host): string => `host:${host.name}`
export const userKey = (host: Host, user: string): string => keyOf(host, `/user/${user}`)
export const groupKey = (host: Host, group: string): string => keyOf(host, `/group/${group}`)
export const unitKey = (host: Host, unit: string): string => keyOf(host, `/unit/${unit}`)
export const fileKey = (host: Host, path: string): string => keyOf(host, `/file${path}`)
export const cronKey = (host: Host, id: string): string => keyOf(host, `/cron${id}`)

/** For ids only: public text, never a secret (those have `run.fingerprint`). */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

export const onHost = (host: Host, name: string): string => clean(`${name}@${host.name}`, 300)

export const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

export const instant = (milliseconds: number): string | null => {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1970 || date.getUTCFullYear() > 9999
    ? null
    : date.toISOString()
}

/** UTF-8 with replacement characters; never throws. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** A text file, or null where it is absent or was refused (the ledger then says so). */
export async function readText(
  host: Host,
  run: Run,
  path: string,
  options?: ReadOptions,
): Promise<(FileContent & { text: string }) | null> {
  const file = await part(run, () => host.machine.readFile(path, options))
  if (file === null) return null
  if (file.truncated)
    run.ledger.refuse(`reading ${path}: it is too large, only the first ${file.bytes.length} bytes were read`)
  return { ...file, text: textOf(file.bytes) }
}

/** The names in a folder; nothing where it is absent or was refused. */
export async function namesIn(host: Host, run: Run, folder: string) {
  return (await part(run, () => host.machine.list(folder))) ?? []
}

/** Lets each entity key and each edge of a listing through once; the first description wins. */
export function novel(): (item: Entity | Edge) => boolean {
  const seen = new Set<string>()
  return (item) => {
    const id = isEdge(item) ? `${item.from}\0${item.verb}\0${item.to}` : item.key
    if (seen.has(id)) return false
    seen.add(id)
    return true
  }
}
