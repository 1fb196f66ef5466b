import { type Detection, ReeveError, type ScannedFile } from '../sdk/index.ts'
import { scanBlobs } from './blobs.ts'
import { isFile } from './commits.ts'
import type { Engine } from './engine.ts'
import { type Git, gitOf } from './git.ts'
import { filesOf, hasCommit, ignoreIn } from './history.ts'
import { isIgnored } from './ignore.ts'
import type { Opening } from './inside/open.ts'

interface Changed {
  path: string
  before: string | null
  after: string
}

/** `base..head`, `base...head` or `base` alone, up to HEAD then. */
const endsOf = (range: string): [base: string, head: string] => {
  const [base = '', head = ''] = range.split(/\.{2,3}/)
  return [base || 'HEAD', head || 'HEAD']
}

/** The lines of a blob that are not in another, as ranges from the first up to the last. */
const addedLines = async (git: Git, before: string, after: string): Promise<[from: number, to: number][]> => {
  const text = await git.text(
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--unified=0',
    '--inter-hunk-context=0',
    '--text',
    before,
    after,
    '--',
  )
  return [...text.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)].map(([, from, count]) => [
    Number(from),
    Number(from) + Number(count ?? 1) - 1,
  ])
}

/**
 * Secrets in what a change brings in: the lines of `head` that are not in the last commit it has in common with `base`, whether commits or merges
 * made them. Of files that are no text, and of archives, what was not in them before.
 */
export async function* scanDiff(
  engine: Engine,
  repository: string,
  range: string,
  { signal, opening = null }: { signal?: AbortSignal; opening?: Opening | null } = {},
): AsyncGenerator<ScannedFile> {
  const git = gitOf(repository)
  await git.text('rev-parse', '--git-dir')
  const [base, head] = endsOf(range)
  for (const name of [base, head])
    if (name.startsWith('-') || !(await hasCommit(git, name)))
      throw new ReeveError(
        'scan/no-such-revision',
        `reading what ${range} changes in ${repository}: there is no commit ${JSON.stringify(name)}; name one that git knows`,
      )
  const fork = await git.text('merge-base', base, head).catch(() => '')
  if (fork === '')
    throw new ReeveError(
      'scan/no-common-commit',
      `reading what ${range} changes in ${repository}: the two have no commit in common; fetch more of the history, or scan it with --history`,
    )
  const ignore = await ignoreIn(git)
  const changed: Changed[] = []
  const folder = await git.text('rev-parse', '--show-prefix')
  const records = git.records(
    ['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', '--relative', fork, head, '--'],
    signal,
  )
  for await (const record of records) {
    const [was = '', mode = '', before = '', after = ''] = record.slice(1).split(' ')
    const path = String((await records.next()).value)
    if (isFile(mode) && !/^0+$/.test(after) && !isIgnored(ignore, folder + path))
      changed.push({ path, after, before: isFile(was) && !/^0+$/.test(before) ? before : null })
  }
  const wanted = new Map(changed.map(({ after, path }) => [after, path]))
  if (wanted.size === 0) return
  for await (const scanned of scanBlobs(engine, git, wanted, opening, signal)) {
    if ('missing' in scanned) {
      for (const { path } of changed.filter(({ after }) => after === scanned.missing))
        yield { file: path, bytes: 0, detections: [], skipped: 'its blob is not in the repository' }
      continue
    }
    for (const { path, before } of changed.filter(({ after }) => after === scanned.blob)) {
      const isText = scanned.parts.length === 0
      const found = scanned.detections.length > 0 || !isText
      const lines = before === null || !found ? null : await addedLines(git, before, scanned.blob)
      const known =
        before === null || isText || !found ? null : await valuesIn(engine, git, before, path, opening, signal)
      const isNew = ({ line, value }: Detection, inPart: boolean): boolean => {
        if (inPart) return known?.has(value.reveal()) !== true
        const last = line + value.reveal().split('\n').length - 1
        return lines === null || lines.some(([from, to]) => line <= to && last >= from)
      }
      for (const file of filesOf(scanned, path))
        yield { ...file, detections: file.detections.filter((one) => isNew(one, file.file !== path)) }
    }
  }
}

const valuesIn = async (
  engine: Engine,
  git: Git,
  blob: string,
  path: string,
  opening: Opening | null,
  signal?: AbortSignal,
): Promise<Set<string>> => {
  const values = new Set<string>()
  for await (const scanned of scanBlobs(engine, git, new Map([[blob, path]]), opening, signal))
    if ('blob' in scanned)
      for (const { detections } of filesOf(scanned, path))
        for (const { value } of detections) values.add(value.reveal())
  return values
}
