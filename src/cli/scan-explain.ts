import { ReeveError } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { plain, type Terminal } from './terminal.ts'

/** `scan --explain FILE` or `FILE:LINE`. */
export async function explain(reeve: Reeve, asked: string, out: Terminal): Promise<number> {
  const [, file = asked, digits] = /^(.+?):(\d+)$/.exec(asked) ?? []
  const line = digits === undefined ? undefined : Number(digits)
  if (line === 0) throw new ReeveError('use/explain', 'reading --explain: lines count from 1')
  const explained = await reeve.explain(file, line)
  if (out.json) {
    out.document({ file, ...(line !== undefined && { line }), explained })
    return EXIT.done
  }
  const where = line === undefined ? file : `line ${line} of ${file}`
  if (explained.length === 0) {
    out.line(
      `No detector’s pattern fits anything in ${plain(where)}: nothing there has the form of a secret that is known.`,
    )
    return EXIT.done
  }
  out.table(
    ['', 'at', 'detector', 'value', 'why'],
    explained.map((one) => [
      one.isFinding ? out.style('red', 'finding') : out.style('dim', 'no'),
      `${one.line}:${one.column}`,
      one.detector,
      plain(one.redacted),
      plain(one.because),
    ]),
  )
  return EXIT.done
}
