import { readFileSync } from 'node:fs'
import { isCancel, password, text } from '@clack/prompts'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { ReeveError } from '../sdk/index.ts'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import { addGrants } from './grants.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

export interface Form {
  properties?: Record<
    string,
    { title?: string; description?: string; type?: string; secret?: boolean; default?: unknown }
  >
  required?: string[]
}

interface Ledger {
  collection: string
  scope: string
  expected: number | null
  obtained: number
  refused: number
  reason: string | null
  permission: string | null
}

interface Run {
  run: {
    id: string
    connection: string
    state: string
    entities: number
    added: number
    changed: number
    gone: number
    error: { code: string; message: string } | null
  }
  progress: { entities: number; collections: { title: string; obtained: number; state: string }[] } | null
  ledger: Ledger[]
}

interface Connections {
  rows: {
    connection: string
    provider: string
    title: string
    state: string
    bar: { asked: number; obtained: number; percent: number | null }
    lastRead: string | null
    next: string | null
    unknownVerdicts: number
  }[]
}

export function addSources(program: Command, reeve: Reeve): void {
  program
    .command('connect')
    .argument('<provider>', 'postgres, host, git, …')
    .summary('add a system to read; asks for what is not given')
    .option(
      '--set <key=value>',
      'a setting; secrets come from a file, the environment or a prompt',
      (pair, all: string[]) => [...all, pair],
      [] as string[],
    )
    .option('--settings <file>', 'a YAML or JSON file of settings; "env:NAME" and "file:PATH" are read from there')
    .option('--name <id>', 'what to call the connection')
    .option('--no-sync', 'do not read it at once')
    .addHelpText(
      'after',
      '\nExample:\n  $ PGPASSWORD=… reeve connect postgres --set host=db.example --set user=reeve --set password=env:PGPASSWORD\n',
    )
    .action(async (provider: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<
        OutputOptions & { set: string[]; settings?: string; name?: string; sync: boolean }
      >()
      const out = terminal(flags)
      process.exitCode = await withApi(reeve, async (api) => {
        const settings = await gather(api, provider, flags)
        const tested = await api.request<{ ok: boolean; error: { code: string; message: string } | null }>(
          'POST',
          '/v1/connections/test',
          { provider, settings },
        )
        if (!tested.ok)
          throw new ReeveError(
            tested.error?.code ?? 'source/failed',
            tested.error?.message ?? 'the source did not answer',
          )
        const page = await api.request<{ connection: { connection: string; title: string } }>(
          'POST',
          '/v1/connections',
          {
            provider,
            settings,
            ...(flags.name === undefined ? {} : { id: flags.name }),
          },
        )
        const id = page.connection.connection
        out.say(`connected ${id}`)
        if (!flags.sync) {
          if (out.json) out.document(page)
          return EXIT.done
        }
        return sync(api, out, id)
      })
    })

  program
    .command('sync')
    .argument('[connection]', 'all when left out')
    .summary('read one connection, or all, now')
    .addHelpText('after', '\nExample:\n  $ reeve sync postgres-orders\n')
    .action(async (connection: string | undefined, _flags, command: Command) => {
      const out = terminal(command.optsWithGlobals<OutputOptions>())
      process.exitCode = await withApi(reeve, async (api) => {
        const { rows } = await api.request<Connections>('GET', '/v1/connections')
        const ids = connection === undefined ? rows.map((row) => row.connection) : [connection]
        let worst: number = EXIT.done
        for (const id of ids) worst = Math.max(worst, await sync(api, out, id))
        return worst
      })
    })

  const connections = program
    .command('connections')
    .summary('what is read, and how much of it came')
    .addHelpText('after', '\nExample:\n  $ reeve connections --json\n')
    .action(async (_flags, command: Command) => {
      const out = terminal(command.optsWithGlobals<OutputOptions>())
      process.exitCode = await withApi(reeve, async (api) => {
        const page = await api.request<Connections>('GET', '/v1/connections')
        if (out.json) out.document(page)
        else if (page.rows.length === 0) out.line('Nothing is connected yet. Add a system with: reeve connect postgres')
        else {
          out.table(
            ['connection', 'state', 'seen', 'last read', 'unknown verdicts'],
            page.rows.map((row) => [
              row.connection,
              row.state,
              row.bar.percent === null ? 'nothing asked yet' : `${row.bar.percent} %`,
              row.lastRead ?? 'never',
              String(row.unknownVerdicts),
            ]),
          )
        }
        return EXIT.done
      })
    })
  addGrants(connections, reeve)
}

/** Starts a run and stays with it. Status 4 when it was partial, 3 when it failed. */
async function sync(api: Api, out: Terminal, connection: string): Promise<number> {
  const { run: id } = await api.request<{ run: string }>(
    'POST',
    `/v1/connections/${encodeURIComponent(connection)}/runs`,
  )
  const cancel = (): void => void api.request('POST', `/v1/runs/${id}/cancel`).catch(() => {})
  process.once('SIGINT', cancel)
  try {
    for (;;) {
      const { run, progress, ledger } = await api.request<Run>('GET', `/v1/runs/${id}`)
      if (run.state === 'waiting' || run.state === 'running') {
        const now = progress?.collections
          .filter((one) => one.state === 'running')
          .map((one) => `${one.title} ${one.obtained}`)
        out.progress(`${connection}: ${progress?.entities ?? 0} read${now?.length ? `; ${now.join(', ')}` : ''}`)
        await new Promise((resolve) => setTimeout(resolve, 300))
        continue
      }
      out.endProgress()
      if (out.json) out.document({ run, ledger })
      else {
        out.line(
          `${connection}: ${run.state}; ${run.entities} read, ${run.added} new, ${run.changed} changed, ${run.gone} gone`,
        )
        for (const line of ledger.filter((one) => one.refused > 0 || one.reason !== null)) {
          out.line(
            out.style(
              'magenta',
              `  not read: ${plain(`${line.collection}${line.scope ? ` / ${line.scope}` : ''}: ${line.reason ?? 'refused'}`)}${line.permission ? ` (${plain(line.permission)})` : ''}`,
            ),
          )
        }
      }
      if (run.state === 'failed')
        throw new ReeveError(run.error?.code ?? 'source/failed', run.error?.message ?? `reading ${connection} failed`)
      if (run.state === 'cancelled') return EXIT.interrupted
      return run.state === 'partial' ? EXIT.incomplete : EXIT.done
    }
  } finally {
    process.off('SIGINT', cancel)
  }
}

async function gather(
  api: Api,
  provider: string,
  flags: { set: string[]; settings?: string },
): Promise<Record<string, unknown>> {
  const { form } = await api.request<{ form: Form }>('GET', `/v1/providers/${encodeURIComponent(provider)}`)
  return settingsFor(form, flags)
}

/** Settings by a form: from a file, from flags, and asked for where one is missing; secrets never from the arguments. */
export async function settingsFor(
  form: Form,
  flags: { set: string[]; settings?: string },
): Promise<Record<string, unknown>> {
  const settings: Record<string, unknown> = flags.settings === undefined ? {} : readSettings(flags.settings)
  for (const pair of flags.set) {
    const at = pair.indexOf('=')
    if (at < 1) throw new ReeveError('use/set', `reading --set ${pair}: write it as key=value`)
    const name = pair.slice(0, at)
    const field = form.properties?.[name]
    const value = pair.slice(at + 1)
    if (field?.secret && !/^(env|file):/.test(value)) {
      throw new ReeveError(
        'use/secret-in-arguments',
        `reading --set ${name}: arguments are seen by every process; write ${name}=env:NAME or ${name}=file:PATH, or leave it out to be asked`,
      )
    }
    settings[name] = typed(value, field?.type)
  }
  for (const [name, value] of Object.entries(settings)) settings[name] = resolve(name, value)
  await askForMissing(form, settings)
  return settings
}

async function askForMissing(form: Form, settings: Record<string, unknown>): Promise<void> {
  const missing = Object.entries(form.properties ?? {}).filter(
    ([name, field]) =>
      settings[name] === undefined &&
      field.default === undefined &&
      (form.required?.includes(name) || (field.secret && process.stdin.isTTY)),
  )
  for (const [name, field] of missing) {
    if (!process.stdin.isTTY)
      throw new ReeveError('use/missing', `connecting: the setting '${name}' is missing; give it with --set ${name}=…`)
    const message = `${field.title ?? name}${field.description ? ` (${field.description})` : ''}`
    const answer = field.secret ? await password({ message }) : await text({ message })
    if (isCancel(answer)) throw new DOMException('the prompt was left', 'AbortError')
    if (answer !== undefined && answer !== '') settings[name] = typed(answer, field.type)
  }
}

function readSettings(file: string): Record<string, unknown> {
  try {
    const settings: unknown = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 })
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings))
      return settings as Record<string, unknown>
  } catch (cause) {
    throw new ReeveError('use/settings', `reading settings from ${file}: it cannot be read as YAML or JSON`, { cause })
  }
  throw new ReeveError('use/settings', `reading settings from ${file}: it holds no names with values`)
}

function resolve(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (value.startsWith('env:')) {
    const found = process.env[value.slice(4)]
    if (found === undefined)
      throw new ReeveError(
        'use/no-variable',
        `reading the setting '${name}': the variable ${value.slice(4)} is not set`,
      )
    return found
  }
  if (!value.startsWith('file:')) return value
  try {
    return readFileSync(value.slice(5), 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new ReeveError('use/no-file', `reading the setting '${name}': ${value.slice(5)} cannot be read`, { cause })
  }
}

function typed(value: string, type: string | undefined): unknown {
  if ((type === 'integer' || type === 'number') && value.trim() !== '' && !Number.isNaN(Number(value)))
    return Number(value)
  if (type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true'
  if (type === 'array') return value.split(',').map((part) => part.trim())
  return value
}
