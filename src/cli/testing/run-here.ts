import { runCli } from '../index.ts'
import type { Reeve } from '../reeve.ts'

export interface Ran {
  /** Undefined where the command set none. */
  status: number | undefined
  out: string
  err: string
}

/** Runs one command in this process, and takes what it prints and its exit status; both are this process's own again afterwards. */
export async function runHere(reeve: Partial<Reeve>, argv: readonly string[]): Promise<Ran> {
  const ran: Ran = { status: undefined, out: '', err: '' }
  const { stdout, stderr } = process
  const [out, err] = [stdout.write, stderr.write]
  stdout.write = (text: string | Uint8Array): boolean => {
    ran.out += text
    return true
  }
  stderr.write = (text: string | Uint8Array): boolean => {
    ran.err += text
    return true
  }
  process.exitCode = undefined
  try {
    await runCli([...argv], reeve as Reeve)
    ran.status = process.exitCode === undefined ? undefined : Number(process.exitCode)
    return ran
  } finally {
    stdout.write = out
    stderr.write = err
    process.exitCode = undefined
  }
}
