import { ReeveError } from '../../sdk/index.ts'
import { forEachBit, hasBit } from '../bits.ts'
import { compile } from '../compile.ts'
import { decide } from '../decide.ts'
import type { Verdict } from '../verdict.ts'
import { whoCan } from '../who-can.ts'
import { resourceOf, type SudoEstate } from './estate.ts'

export interface AbleToRun {
  principal: string
  verdict: Exclude<Verdict, 'no'>
  because: string
}

/** Who may run a command as somebody, and the entry that decides. Throws `access/command` for what is no whole path. */
export function whoCanRun({ grants, accounts }: SudoEstate, command: string, as: string): AbleToRun[] {
  const [program = '', ...args] = command.split(' ')
  if (!program.startsWith('/') && program !== 'sudoedit')
    throw new ReeveError(
      'access/command',
      `asking who may run ${command}: give the whole path of the program, as /usr/bin/less`,
    )
  const question = { action: 'run', resource: resourceOf(as, { program, args }) }
  const { sure, possible } = whoCan(compile(grants), question)
  const rows: AbleToRun[] = []
  forEachBit(possible, (index) => {
    rows.push({
      principal: accounts[index]!.name,
      verdict: hasBit(sure, index) ? 'yes' : 'depends',
      because: decide(grants, index, question).because,
    })
  })
  return rows
}
