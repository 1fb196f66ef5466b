import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** The same numbers in every run. */
export const numbers = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * A repository in which given files were changed a few lines at a time over many commits, now and then with a password that
 * the next change takes out again; packed as git packs.
 */
export const makeHistory = (at: string, files: readonly { name: string; text: string }[], commits: number): void => {
  mkdirSync(at, { recursive: true })
  execFileSync('git', ['init', '-q', '--bare', at])
  const draw = numbers(7)
  const pick = (many: number): number => Math.floor(draw() * many)
  const texts = files.map(({ text }) => text.split('\n'))
  const secrets = new Map<number, string>()
  const stream: string[] = []
  const blob = (text: string): void => {
    stream.push(`data ${Buffer.byteLength(text)}\n${text}\n`)
  }
  for (let commit = 0; commit < commits; commit++) {
    stream.push(
      `commit refs/heads/main\nauthor A <a@acme.test> ${1_700_000_000 + 600 * commit} +0000\ncommitter A <a@acme.test> ${1_700_000_000 + 600 * commit} +0000\n`,
    )
    blob(`change ${commit}`)
    for (const index of commit === 0 ? files.keys() : Array.from({ length: 6 }, () => pick(files.length))) {
      const lines = texts[index]!
      const secret = secrets.get(index)
      if (secret !== undefined) lines.splice(lines.indexOf(secret), 1)
      secrets.delete(index)
      for (let edit = 0; edit < (commit === 0 ? 0 : 2); edit++) {
        const line = pick(lines.length)
        const kind = draw()
        if (kind < 0.4) lines[line] = `${lines[line]} // ${Math.floor(draw() * 1e9).toString(36)}`
        else if (kind < 0.7) lines.splice(line, 1)
        else if (kind < 0.98) lines.splice(line, 0, lines[pick(lines.length)] ?? '')
        else if (!secrets.has(index)) {
          secrets.set(index, `db_password = "${Math.floor(draw() * 1e15).toString(36)}xY9"`)
          lines.splice(line, 0, secrets.get(index)!)
        }
      }
      stream.push(`M 100644 inline ${files[index]!.name}\n`)
      blob(lines.join('\n'))
    }
  }
  const imported = spawnSync('git', ['-C', at, 'fast-import', '--quiet'], { input: stream.join('') })
  if (imported.status !== 0) throw new Error(`making a history: ${imported.stderr.toString()}`)
  execFileSync('git', ['-C', at, 'repack', '-adfq', '--depth=50', '--window=10'])
}
