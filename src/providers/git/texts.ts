import type { Run } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'

const MOST_LINES_IN_LEDGER = 50

export interface Text {
  path: string
  text: string
}

/** Ledger lines for files, each its own scope, so that one bad file does not hide another; bounded. */
export function fileLedger(run: Run) {
  let refused = 0
  return {
    refuse(path: string, reason: string): void {
      if (++refused <= MOST_LINES_IN_LEDGER) run.ledger.refuse(`${path}: ${reason}`, { scope: path.slice(0, 500) })
      else
        run.ledger.refuse('more files could not be read; the first of them have lines of their own', {
          scope: 'other files',
        })
    },
  }
}

/**
 * The texts of the files that a collection is about, in order of path. What cannot be read, or is larger than `most` bytes,
 * goes to the ledger. `isNamed` says which names are looked at; `isAbout` tells by the content, cheaply.
 */
export async function* texts(
  checkout: Checkout,
  run: Run,
  isNamed: (path: string) => boolean,
  { most = 2 << 20, isAbout = (_text: string): boolean => true, quiet = false, counts = true } = {},
): AsyncGenerator<Text> {
  const ledger = fileLedger(run)
  if (checkout.unreadable !== null && !quiet) {
    run.ledger.refuse(`the repository's own settings could not be read: ${checkout.unreadable}`, {
      scope: 'repository',
    })
  }
  const { files, problems } = await checkout.files()
  for (const problem of problems) {
    const folder = problem.split(':')[0]!
    ledger.refuse(folder, problem.slice(folder.length + 2) || problem)
  }
  const named = files.filter(({ path }) => isNamed(path))
  if (counts) run.ledger.expect(named.length, 'files')
  for (const file of named) {
    run.signal.throwIfAborted()
    const read = await checkout.read(file, most)
    const isBinary = 'skipped' in read && read.skipped === 'it is binary'
    if (counts && (isBinary || 'text' in read)) run.ledger.obtain(1, 'files')
    if ('skipped' in read) {
      // Binary rubbish under such a name is no description of anything; nothing is missing without it.
      if (!isBinary) ledger.refuse(file.path, read.skipped)
    } else if (isAbout(read.text)) yield { path: file.path, text: read.text }
  }
}
