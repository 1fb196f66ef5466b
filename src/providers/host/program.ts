import type { Run } from '../../sdk/index.ts'
import { inspectCommand, readScript, type Script } from './command.ts'
import { type Host, textOf } from './host.ts'
import { type FileInfo, part } from './machine.ts'
import { type Found, scanned } from './secrets.ts'

/** What a job starts: its command line, and the scripts of this host (not the distribution's) that it names. */
export interface Program {
  /** The command, secrets blotted out. */
  shown: string
  secrets: Found[]
  scripts: { path: string; info: FileInfo; secrets: Found[] }[]
  keyFiles: string[]
  fetched: { file: string | null; line: number; from: string }[]
}

const OF_THE_DISTRIBUTION = /^\/(?:bin|sbin|lib|lib64|usr\/(?:bin|sbin|lib|libexec|share)|dev|proc|sys)(?:\/|$)/
const SCRIPT_LIMIT = 512 << 10
const DEPTH = 2

export async function studyCommand(host: Host, run: Run, command: string, home: string): Promise<Program> {
  const line = inspectCommand(run, command)
  const program: Program = { shown: line.shown, secrets: line.secrets, scripts: [], keyFiles: [], fetched: [] }
  await follow(host, run, program, command, null, home, DEPTH)
  return program
}

async function follow(
  host: Host,
  run: Run,
  program: Program,
  text: string,
  file: string | null,
  home: string,
  depth: number,
): Promise<void> {
  const script: Script = readScript(text, home)
  for (const key of script.keyFiles) if (!program.keyFiles.includes(key)) program.keyFiles.push(key)
  program.fetched.push(...script.fetched.map((one) => ({ ...one, file })))
  if (depth === 0) return
  const candidates = script.paths.filter(
    (path) =>
      !OF_THE_DISTRIBUTION.test(path) &&
      !program.scripts.some((one) => one.path === path) &&
      !program.keyFiles.includes(path),
  )
  for (const path of candidates.slice(0, depth === DEPTH ? 8 : 20)) {
    const found = await readScriptFile(host, run, path)
    if (found === null) continue
    program.scripts.push({ path, info: found.info, secrets: scanned(run, found.bytes, path) })
    await follow(host, run, program, textOf(found.bytes), path, home, depth - 1)
  }
}

async function readScriptFile(host: Host, run: Run, path: string) {
  const info = await part(run, () => host.machine.stat(path))
  if (info?.kind !== 'file' || (info.mode & 0o111) + (/\.(sh|bash|py|pl|rb|js|php)$/.test(path) ? 1 : 0) === 0)
    return null
  const file = await part(run, () => host.machine.readFile(path, { limit: SCRIPT_LIMIT }))
  if (file === null || file.bytes.subarray(0, 1024).includes(0)) return null
  return file.bytes[0] === 0x23 && file.bytes[1] === 0x21
    ? file
    : /\.(sh|bash|py|pl|rb|js|php)$/.test(path)
      ? file
      : null
}
