import type { Run } from '../../sdk/index.ts'
import { accountsOf, namesByUid } from './accounts.ts'
import { type Host, keyOf, namesIn, once, shortHash, textOf, unitKey } from './host.ts'
import { eachOf } from './machine.ts'

export interface Process {
  pid: number
  uid: number
  account: string
  /** The program file; its argument 0 where the link may not be read. */
  program: string
  argv: string[]
  /** The system unit it belongs to. */
  unit: string | null
  /** It runs in a container of its own. */
  container: string | null
}

const AT_ONCE = 16

/** What runs now, kernel threads left out. A process that ends meanwhile is not there. */
export const processesOf = (host: Host, run: Run): Promise<{ list: Process[] }> =>
  once(host, run, 'processes', async (run) => {
    const names = namesByUid(await accountsOf(host, run))
    const pids = (await namesIn(host, run, '/proc')).flatMap(({ name }) => (/^\d+$/.test(name) ? [Number(name)] : []))
    const found = await eachOf(pids, AT_ONCE, (pid) => readProcess(host, names, pid))
    return { list: found.filter((one) => one !== null) }
  })

async function readProcess(host: Host, names: Map<number, string>, pid: number): Promise<Process | null> {
  const text = async (file: string) =>
    textOf((await quiet(host.machine.readFile(`/proc/${pid}/${file}`)))?.bytes ?? new Uint8Array())
  const argv = (await text('cmdline')).split('\0').filter((word, at, all) => word !== '' || at < all.length - 1)
  if (argv.length === 0 || argv[0] === '') return null
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(await text('status'))?.[1]
  if (uid === undefined) return null
  const program = (await quiet(host.machine.readlink(`/proc/${pid}/exe`))) ?? argv[0]!
  const cgroup = await text('cgroup')
  return {
    pid,
    uid: Number(uid),
    account: names.get(Number(uid)) ?? uid,
    program: program.replace(/ \(deleted\)$/, ''),
    argv,
    unit: /\/system\.slice\/(?:[^\n]*\/)?([\w:.\\@-]+\.service)(?=\/|$)/m.exec(cgroup)?.[1] ?? null,
    container: /(?:docker[-/]|libpod-|cri-containerd-|crio-)([0-9a-f]{12})[0-9a-f]{52}/.exec(cgroup)?.[1] ?? null,
  }
}

/** Of other accounts' processes some things may not be read; each is told where it matters. Silence of the host is not one. */
export async function quiet<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ((error as { code?: string }).code === 'host/silent' || (error as Error).name === 'AbortError') throw error
    return null
  }
}

/** The workload a process belongs to: its unit, or the program as it runs under the account. Pids would differ at every sync. */
export const workloadKey = (host: Host, process: Process): string =>
  process.unit !== null
    ? unitKey(host, process.unit)
    : keyOf(
        host,
        `/process/${process.account}${process.program.startsWith('/') ? '' : '/'}${process.program}${script(process)}`,
      )

/** Interpreters run many programs: the script tells them apart. */
const script = (process: Process): string => {
  if (!/\/?(?:python|node|java|ruby|perl|php|bash|sh|dash)[0-9.]*$/.test(process.program)) return ''
  const named = process.argv.slice(1).find((word) => word.startsWith('/') && !word.startsWith('-'))
  return named === undefined ? '' : `:${shortHash(named)}`
}

export const workloadName = (process: Process): string => {
  if (process.unit !== null) return process.unit
  const named = script(process) === '' ? undefined : process.argv.slice(1).find((word) => word.startsWith('/'))
  return (named ?? process.program).split('/').at(-1) || process.program
}
