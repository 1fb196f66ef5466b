import type { Run } from '../../sdk/index.ts'
import { type Host, namesIn, once, readText } from './host.ts'
import { globOf, parseSshdLines, type SshdLine, type SshdSettings, settle } from './sshd-config.ts'

const MAIN = '/etc/ssh/sshd_config'
const MOST_FILES = 200

/** The settings of the SSH server, includes unfolded; null where there is none. */
export const sshdOf = (host: Host, run: Run): Promise<SshdSettings | null> =>
  once(host, run, 'sshd', async (run) => {
    const seen: string[] = []
    const read = async (file: string, depth: number): Promise<SshdLine[] | null> => {
      if (depth > 16 || seen.length >= MOST_FILES) return []
      seen.push(file)
      const content = await readText(host, run, file)
      if (content === null) return null
      const lines: SshdLine[] = []
      for (const line of parseSshdLines(content.text, file)) {
        if (line.keyword !== 'include') lines.push(line)
        else
          for (const path of await expandGlobs(host, run, line.value))
            lines.push(...((await read(path, depth + 1)) ?? []))
      }
      // A Match in an included file ends with the file.
      if (depth > 0 && lines.some((line) => line.keyword === 'match'))
        lines.push({ keyword: 'endofinclude', value: '', file, line: 0 })
      return lines
    }
    const lines = await read(MAIN, 0)
    return lines && settle(lines)
  })

async function expandGlobs(host: Host, run: Run, value: string): Promise<string[]> {
  const paths: string[] = []
  for (const word of value.split(/\s+/).map((one) => one.replaceAll('"', ''))) {
    const path = word.startsWith('/') ? word : `/etc/ssh/${word}`
    const folder = path.slice(0, path.lastIndexOf('/'))
    const name = path.slice(folder.length + 1)
    if (!/[*?]/.test(name)) paths.push(path)
    else
      for (const entry of await namesIn(host, run, folder))
        if (globOf(name).test(entry.name) && !entry.name.startsWith('.')) paths.push(`${folder}/${entry.name}`)
  }
  return paths
}
