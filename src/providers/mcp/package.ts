import { clean } from './names.ts'

export interface Package {
  /** `npm`, `pypi`, `image`, `url`, or `program` for what is run from this machine. */
  from: 'npm' | 'pypi' | 'image' | 'url' | 'program'
  name: string
  version: string | null
  /** Will the same be run tomorrow? Null where nothing is fetched. */
  pinned: boolean | null
}

const RUNNERS: Record<string, { from: Package['from']; skip: number; takes: RegExp; name?: RegExp }> = {
  npx: {
    from: 'npm',
    skip: 0,
    takes: /^(-c|--call|--node-options|--registry|-w|--workspace)$/,
    name: /^(-p|--package)$/,
  },
  bunx: { from: 'npm', skip: 0, takes: /^$/ },
  pnpx: { from: 'npm', skip: 0, takes: /^$/ },
  uvx: {
    from: 'pypi',
    skip: 0,
    takes:
      /^(--python|-p|--with|--index-url|--extra-index-url|--default-index|--index|--refresh-package|--directory|--env-file|--with-requirements|--with-editable)$/,
    name: /^--from$/,
  },
  pipx: { from: 'pypi', skip: 1, takes: /^(--python|--pip-args|--index-url)$/, name: /^--spec$/ },
}
/** `npm exec pkg`, `pnpm dlx pkg`, `bun x pkg`, `uv tool run pkg`. */
const LONG: readonly [readonly string[], string][] = [
  [['npm', 'exec'], 'npx'],
  [['pnpm', 'dlx'], 'pnpx'],
  [['yarn', 'dlx'], 'pnpx'],
  [['bun', 'x'], 'bunx'],
  [['deno', 'run'], 'npx'],
  [['uv', 'tool', 'run'], 'uvx'],
  [['uv', 'x'], 'uvx'],
]
const DOCKER_TAKES =
  /^(-e|--env|--env-file|-v|--volume|--mount|-p|--publish|--network|--net|--name|-u|--user|-w|--workdir|--entrypoint|-l|--label|--add-host|--platform|-m|--memory|--cpus|--gpus|--device|--cap-add|--cap-drop|--security-opt|--pull|-h|--hostname|--tmpfs|--dns|--log-driver)$/

/** What a server's command runs, told from the words alone: nothing is run or fetched. */
export function packageOf(program: string, args: readonly string[]): Package {
  let name = base(program)
  let rest = [...args]
  // A shell or a wrapper in front: `cmd /c npx …`, `env A=b npx …`.
  if (/^(cmd|cmd\.exe)$/i.test(name) && /^\/c$/i.test(rest[0] ?? '')) {
    name = base(rest[1] ?? '')
    rest = rest.slice(2)
  } else if (name === 'env') {
    while (/^(-\S*|[A-Za-z_]\w*=.*)$/s.test(rest[0] ?? '')) rest.shift()
    name = base(rest.shift() ?? '')
  }
  for (const [words, runner] of LONG)
    if ([name, ...rest].slice(0, words.length).join(' ') === words.join(' ')) {
      rest = rest.slice(words.length - 1)
      name = runner
      break
    }
  if (/^(docker|podman|nerdctl)$/.test(name)) return image(rest)
  const runner = Object.hasOwn(RUNNERS, name) ? RUNNERS[name] : undefined
  if (runner === undefined)
    return { from: 'program', name: plain(scriptOf(name, rest) ?? program), version: null, pinned: null }
  const spec = specOf(rest.slice(runner.skip), runner)
  return spec === null
    ? { from: runner.from, name: plain(program), version: null, pinned: false }
    : pinned(spec, runner.from)
}

/** What an interpreter is given to run: a file or a module. */
export function scriptOf(program: string, args: readonly string[]): string | null {
  if (!/^(node|python[\d.]*|deno|bun|tsx|ts-node|uv|ruby|php|java|dotnet)$/.test(base(program))) return null
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!
    if (word === '-m' || word === '-jar') return args[index + 1] ?? null
    if (/^(--directory|--project|--python|--with|--import|--require|-r)$/.test(word)) index++
    else if (!word.startsWith('-') && word !== 'run') return word
  }
  return null
}

/** Runners whose first plain word is the package, or that name it with an option. */
function specOf(args: readonly string[], runner: { takes: RegExp; name?: RegExp }): string | null {
  const named = runner.name && args.findIndex((one) => runner.name!.test(one))
  if (named !== undefined && named >= 0 && args[named + 1] !== undefined) return args[named + 1]!
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!
    const given = /^--(?:from|package|spec)=(.+)$/.exec(word)?.[1]
    if (given) return given
    if (word === '--') continue
    if (word.startsWith('-')) {
      if (runner.takes.test(word)) index++
      continue
    }
    return word
  }
  return null
}

function pinned(given: string, from: Package['from']): Package {
  const spec = given.replace(/^npm:|^jsr:/, '')
  const git =
    /^(?:git\+)?https?:\/\/(?:[^@/]*@)?([^?#\s]+?)(?:@([^@/\s]+))?(?:#(.*))?$/.exec(spec) ??
    /^(?:github:)([^#@\s]+)(?:#(.*))?$/.exec(spec)
  if (git || /^[\w.-]+\/[\w.-]+$/.test(spec)) {
    const reference = git?.[3] ?? git?.[2] ?? null
    return {
      from: 'url',
      name: plain(git?.[1] ?? spec),
      version: reference && plain(reference),
      pinned: /^[0-9a-f]{40}$/.test(reference ?? ''),
    }
  }
  if (/^[./~]/.test(spec)) return { from: 'program', name: plain(spec), version: null, pinned: null }
  const [, name, version] = /^(@?[^@\s=<>~!]+(?:\/[^@\s=<>~!]+)?)(?:@|==)(.+)$/.exec(
    spec.replace(/\[[^\]]*\]/, ''),
  ) ?? [null, spec, null]
  // To npm, 1.2 is whatever begins with it; to PyPI it is one version.
  const parts = from === 'npm' ? /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/ : /^\d+(\.\d+){1,3}([-+.]?[0-9A-Za-z.+-]+)?$/
  const exact = version != null && parts.test(version)
  return { from, name: plain(name ?? spec), version: version == null ? null : plain(version), pinned: exact }
}

function image(args: readonly string[]): Package {
  const start = args.indexOf('run') + 1
  for (let index = start; index < args.length; index++) {
    const word = args[index]!
    if (word.startsWith('-')) {
      if (DOCKER_TAKES.test(word)) index++
      continue
    }
    const digest = /@sha256:[0-9a-f]{64}$/.exec(word)
    const tag = /:([\w][\w.-]{0,127})$/.exec(word.replace(/@sha256:.*$/, ''))?.[1] ?? null
    return {
      from: 'image',
      name: plain(word.replace(/@sha256:.*$/, '').replace(/:[\w][\w.-]{0,127}$/, '')),
      version: digest ? digest[0].slice(1, 20) : tag,
      pinned: digest !== null,
    }
  }
  return { from: 'image', name: 'unnamed', version: null, pinned: false }
}

const base = (program: string): string => (program.split(/[\\/]/).at(-1) ?? '').replace(/\.(cmd|exe|bat|ps1)$/i, '')

/** Fit to be shown: a name may not carry what looks like a secret along. */
const plain = (text: string): string => clean(text.replace(/\/\/[^/@\s]*@/, '//').split(/\s/)[0] ?? '', 200)
