import { type SudoEstate, sudoEstate } from './estate.ts'
import { readSudo, type SudoFlags } from './read.ts'

/** The sudoers policy of one host. Errors as of `readSudo`. */
export const openSudo = async (flags: SudoFlags): Promise<SudoEstate> => sudoEstate(await readSudo(flags))
