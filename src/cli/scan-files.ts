/** The files that `reeve scan` and `reeve import` write. */
import { randomBytes } from 'node:crypto'
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type Finding, ReeveError } from '../sdk/index.ts'
import type { Reeve, Scanned } from './reeve.ts'

export interface FileFlags {
  sarif?: string
  csv?: string
  html?: string
}

export async function writeFiles(
  reeve: Reeve,
  flags: FileFlags,
  scanned: Scanned,
  findings: Finding[],
  title: string,
): Promise<void> {
  const told = { ...scanned, findings }
  if (flags.sarif !== undefined) writeWhole(flags.sarif, JSON.stringify(await reeve.sarif(told), null, 2))
  if (flags.csv !== undefined) writeWhole(flags.csv, await reeve.csv(findings))
  if (flags.html !== undefined) writeWhole(flags.html, await reeve.html(told, title))
}

/** The file is the older one or the new one, at whatever moment the process is killed. What is no plain file (a pipe) is written to. */
function writeWhole(file: string, text: string): void {
  let beside: string | undefined
  try {
    const before = statSync(file, { throwIfNoEntry: false })
    if (before !== undefined && !before.isFile()) writeFileSync(file, text)
    else {
      const real = before === undefined ? file : realpathSync(file)
      beside = `${real}.${randomBytes(4).toString('hex')}.part`
      writeFileSync(beside, text, before === undefined ? {} : { mode: before.mode })
      renameSync(beside, real)
    }
  } catch (cause) {
    if (beside !== undefined) rmSync(beside, { force: true })
    throw new ReeveError('use/output', `writing ${file}: ${(cause as Error).message}`, { cause })
  }
}
