import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { accountsOf, namesByUid } from './accounts.ts'
import { factsOf } from './file-facts.ts'
import { clean, fileKey, type Host, hostKey, keyOf, novel, onHost, readText, unitKey, userKey } from './host.ts'
import { eachOf, part } from './machine.ts'
import { processesOf } from './processes.ts'
import { type Program, studyCommand } from './program.ts'
import { describeSecrets, type Found, found, scanned, secretVariable } from './secrets.ts'
import { commandOf, environmentOf, lastOf, listOf } from './unit-file.ts'
import { accountOf, execsOf, type Unit, unitsOf } from './unit-tree.ts'

export const units: Collection<Host> = {
  id: 'units',
  title: 'systemd services and timers',
  yields: ['systemd_unit', 'host_unit_secret', 'host_secret_file', 'secret_value'],
  needs: [
    'read the unit files below /etc, /run and /usr/lib/systemd/system',
    'read the EnvironmentFile and LoadCredential files they name',
  ],
  async *read(host, run) {
    const all = await unitsOf(host, run)
    const running = new Set((await processesOf(host, run)).list.map((process) => process.unit))
    const fresh = novel()
    for (const unit of all) {
      run.signal.throwIfAborted()
      if (!unit.name.endsWith('.service') || !worthListing(unit, running)) continue
      for (const item of await describe(host, run, unit, all, running.has(unit.name))) if (fresh(item)) yield item
    }
  },
}

/** Not the hundreds of one-shot units the distribution starts for itself: what runs, what was put here, what has an account. */
const worthListing = (unit: Unit, running: ReadonlySet<string | null>): boolean =>
  unit.state !== 'masked' &&
  (unit.state === 'enabled' ||
    running.has(unit.name) ||
    /^\/(etc|run|usr\/local)\//.test(unit.file) ||
    (accountOf(unit) ?? 'root') !== 'root')

async function describe(
  host: Host,
  run: Run,
  unit: Unit,
  all: readonly Unit[],
  running: boolean,
): Promise<(Entity | Edge)[]> {
  const accounts = await accountsOf(host, run)
  const names = namesByUid(accounts)
  const key = unitKey(host, unit.name)
  const value = (name: string) => lastOf(unit.directives, 'Service', name)
  const named = accountOf(unit)
  const account = named !== null && /^\d+$/.test(named) ? (names.get(Number(named)) ?? named) : named
  const home = accounts.users.find((user) => user.name === account)?.home ?? '/root'
  const programs = await eachOf(execsOf(unit), 4, (exec) =>
    studyCommand(host, run, commandOf(exec.value).command, home),
  )
  const timers = all.filter((other) => unit.startedBy.includes(other.name) && other.name.endsWith('.timer'))
  const items: (Entity | Edge)[] = [
    {
      kind: 'workload',
      type: 'systemd_unit',
      key,
      name: onHost(host, unit.name),
      attributes: {
        unit: clean(unit.name),
        description: clean(lastOf(unit.directives, 'Unit', 'Description') ?? '', 300),
        file: clean(unit.file),
        state: unit.state,
        active: running || unit.state === 'enabled' || unit.state === 'static',
        account: account === null ? null : clean(account, 200),
        dynamicUser: account === null,
        commands: programs.map((program) => program.shown).slice(0, 10),
        startedBy: unit.startedBy.map((name) => clean(name, 200)).slice(0, 10),
        schedule: timers
          .flatMap((timer) =>
            ['OnCalendar', 'OnUnitActiveSec', 'OnBootSec'].flatMap((name) =>
              listOf(timer.directives, 'Timer', name).map((one) => clean(`${name}=${one.value}`, 100)),
            ),
          )
          .slice(0, 10),
        ambientCapabilities: listOf(unit.directives, 'Service', 'AmbientCapabilities').map((one) =>
          clean(one.value, 200),
        ),
        boundedCapabilities: value('CapabilityBoundingSet') !== null,
        noNewPrivileges: /^(yes|true|on|1)$/i.test(value('NoNewPrivileges') ?? ''),
        loadsCredentials: credentialPaths(unit).length,
        fetchesAndRuns: programs
          .flatMap((program) => program.fetched)
          .map(({ file, line, from }) => ({ file: file ?? unit.file, line, from: clean(from, 400) })),
      },
    },
    { from: hostKey(host), verb: 'contains', to: key },
  ]
  if (account !== null) items.push({ from: key, verb: 'runs-as', to: userKey(host, account) })
  items.push(...(await secretsOf(host, run, unit, key, programs)))
  return items
}

async function secretsOf(
  host: Host,
  run: Run,
  unit: Unit,
  key: string,
  programs: readonly Program[],
): Promise<(Entity | Edge)[]> {
  const items: (Entity | Edge)[] = []
  const inline: Found[] = environmentOf(unit.directives).flatMap(
    ({ name, value, line }) => secretVariable(name, value, line) ?? [],
  )
  for (const file of new Set(unit.directives.map((directive) => directive.file))) {
    const text = unit.directives.filter((one) => one.file === file && /^(Environment|Exec)/.test(one.name))
    for (const directive of text)
      inline.push(
        ...scanned(run, new TextEncoder().encode(directive.value), file).map((one) => ({
          ...one,
          line: directive.line,
        })),
      )
  }
  inline.push(...programs.flatMap((program) => program.secrets))
  items.push(
    ...describeSecrets(
      host,
      run,
      {
        type: 'host_unit_secret',
        key: keyOf(host, `/unit/${unit.name}`),
        name: `${unit.name} on ${host.name}`,
        attributes: { unit: unit.name, file: unit.file },
        usedBy: [key],
      },
      inline,
    ),
  )
  for (const path of environmentFiles(unit)) items.push(...(await secretFile(host, run, path, key, variables)))
  for (const path of credentialPaths(unit)) items.push(...(await secretFile(host, run, path, key, whole)))
  for (const program of programs) {
    for (const path of program.keyFiles) items.push({ from: key, verb: 'uses', to: fileKey(host, path) })
    for (const script of program.scripts)
      items.push(
        ...describeSecrets(
          host,
          run,
          {
            type: 'host_secret_file',
            key: fileKey(host, script.path),
            name: `${script.path} on ${host.name}`,
            attributes: await factsOf(host, run, script.path, script.info),
            usedBy: [key],
          },
          script.secrets,
        ),
      )
  }
  return items
}

const environmentFiles = (unit: Unit): string[] =>
  listOf(unit.directives, 'Service', 'EnvironmentFile').flatMap(({ value }) => {
    const path = value.replace(/^-/, '')
    return path.startsWith('/') && !/[*?[%]/.test(path) ? [path] : []
  })

const credentialPaths = (unit: Unit): string[] =>
  listOf(unit.directives, 'Service', 'LoadCredential').flatMap(({ value }) => {
    const path = value.slice(value.indexOf(':') + 1)
    return path.startsWith('/') ? [path] : []
  })

async function secretFile(
  host: Host,
  run: Run,
  path: string,
  usedBy: string,
  read: (run: Run, text: string, path: string) => (Found | null)[],
): Promise<(Entity | Edge)[]> {
  const info = await part(run, () => host.machine.stat(path))
  if (info === null) return []
  const file = await readText(host, run, path)
  if (file === null) return []
  const facts = await factsOf(host, run, path, info)
  const all = [...read(run, file.text, path), ...scanned(run, file.bytes, path)]
  return [
    ...describeSecrets(
      host,
      run,
      {
        type: 'host_secret_file',
        key: fileKey(host, path),
        name: `${path} on ${host.name}`,
        attributes: facts,
        usedBy: [usedBy],
      },
      all,
    ),
  ]
}

const variables = (_: Run, text: string): (Found | null)[] =>
  text.split('\n').map((line, at) => {
    const pair = /^\s*(?:export\s+)?([A-Za-z_]\w{0,200})\s*=\s*(.{0,5000}?)\s*$/.exec(line)
    return pair ? secretVariable(pair[1]!, pair[2]!.replace(/^(["'])(.*)\1$/, '$2'), at + 1) : null
  })

const whole = (_: Run, text: string, path: string): (Found | null)[] => {
  const value = text.trim()
  const name = path.slice(path.lastIndexOf('/') + 1)
  return value.includes('\n') || value.length < 8 || value.length > 4096
    ? []
    : [
        found(value, {
          detector: 'systemd-credential',
          provider: 'generic',
          title: clean(`credential ${name}`, 100),
          severity: 'medium',
          method: 'token',
          line: 1,
        }),
      ]
}
