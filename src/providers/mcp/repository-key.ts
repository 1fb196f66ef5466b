import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { parse as parseIni } from 'ini'
import type { Run } from '../../sdk/index.ts'
import { readText, type Text } from './files.ts'
import { at, keyed, textOf } from './names.ts'

/**
 * The key under which a repository is known: its remote where it has one, so that two clones are one, else its folder. Read
 * from `.git/config` alone; nothing is run.
 */
export async function repositoryOf(run: Run, folder: string): Promise<{ key: string; name: string; inside: string }> {
  const path = resolve(folder)
  const real = await realpath(path)
  const quiet: Run = { ...run, ledger: { expect() {}, obtain() {}, refuse() {} } }
  for (let top = real; ; top = dirname(top)) {
    const config = (await readText(quiet, join(top, '.git/config'), top)) ?? (await linkedConfig(quiet, top))
    if (config) {
      const place = placeOf(config.text)
      return {
        key: keyed(`git:${place ?? top}`),
        name: place?.split('/').slice(1).join('/') ?? basename(top),
        inside: real === top ? '' : `${real.slice(top.length + 1)}/`,
      }
    }
    if (dirname(top) === top) return { key: keyed(`git:${path}`), name: basename(path) || path, inside: '' }
  }
}

/** A linked worktree has a file where others have a folder; it leads to the settings of the repository. */
async function linkedConfig(run: Run, top: string): Promise<Text | null> {
  const link = await readText(run, join(top, '.git'), top)
  if (!link?.text.startsWith('gitdir:')) return null
  const gitDir = resolve(top, link.text.slice(7).trim())
  const common = await readText(run, join(gitDir, 'commondir'), '/')
  return readText(run, join(resolve(gitDir, common?.text.trim() ?? '.'), 'config'), '/')
}

/** `github.com/acme/app` of the remote called origin, or of the first. */
function placeOf(config: string): string | null {
  const sections = Object.entries(
    parseIni(config.replace(/^\[([^\]\n]*)\]/gm, (_, name: string) => `[${name.replaceAll('.', '\\.')}]`)),
  )
  const remotes = sections.filter(([name]) => /^remote "/.test(name))
  const [, origin] = remotes.find(([name]) => name === 'remote "origin"') ?? remotes[0] ?? []
  const address = textOf(at(origin, 'url')) ?? ''
  const scp = /^(?:[^@/\s]+@)?([A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(address)
  if (scp) return `${scp[1]!.toLowerCase()}/${trimmed(scp[2]!)}`
  const url = URL.parse(address)
  return url && url.host !== '' && url.protocol !== 'file:'
    ? `${url.host.toLowerCase()}/${trimmed(url.pathname)}`
    : null
}

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '')
