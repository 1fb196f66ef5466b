import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { inspectCommand } from './command.ts'
import { clean, type Host, hostKey, keyOf, novel, onHost, shortHash, textOf, userKey } from './host.ts'
import { eachOf } from './machine.ts'
import { type Process, processesOf, quiet, workloadKey, workloadName } from './processes.ts'
import { describeSecrets, type Found, scanned, secretVariable } from './secrets.ts'

export const processSecrets: Collection<Host> = {
  id: 'process-secrets',
  title: 'Secrets in the environment and arguments of what runs',
  yields: ['linux_process', 'systemd_unit', 'host_process_environment', 'host_process_argument', 'secret_value'],
  needs: ['read /proc/<pid>/cmdline', 'read /proc/<pid>/environ of all processes (root or CAP_SYS_PTRACE)'],
  async *read(host, run) {
    const fresh = novel()
    const { list } = await processesOf(host, run)
    let refused = 0
    const read = await eachOf(list, 8, async (process) => {
      run.signal.throwIfAborted()
      let environment: Uint8Array | null = null
      environment = await quiet(
        host.machine.readFile(`/proc/${process.pid}/environ`).then(
          (file) => file?.bytes ?? null,
          (error) => {
            if (error.code === 'source/refused') refused++
            throw error
          },
        ),
      )
      return describe(host, run, process, environment)
    })
    for (const items of read) for (const item of items) if (fresh(item)) yield item
    if (refused > 0)
      run.ledger.refuse(`reading the environment of ${refused} processes was refused`, {
        count: refused,
        permission: 'read /proc/<pid>/environ of all processes: run as root or give CAP_SYS_PTRACE',
      })
  },
}

function describe(host: Host, run: Run, process: Process, environment: Uint8Array | null): (Entity | Edge)[] {
  const inArguments = argumentSecrets(run, process)
  const inEnvironment = environment === null ? [] : environmentSecrets(run, environment)
  if (inArguments.length + inEnvironment.length === 0) return []
  const workload = workloadKey(host, process)
  const place = {
    name: `${workloadName(process)} on ${host.name}`,
    usedBy: [workload],
    attributes: { program: clean(process.program), account: process.account },
  }
  const head = keyOf(host, `/memory/${shortHash(workload)}`)
  return [
    {
      kind: 'workload',
      type: process.unit === null ? 'linux_process' : 'systemd_unit',
      key: workload,
      name: onHost(host, workloadName(process)),
      attributes: { program: clean(process.program), active: true },
    },
    { from: hostKey(host), verb: 'contains', to: workload },
    { from: workload, verb: 'runs-as', to: userKey(host, process.account) },
    ...describeSecrets(
      host,
      run,
      { ...place, type: 'host_process_environment', key: `${head}/environment` },
      inEnvironment,
    ),
    ...describeSecrets(host, run, { ...place, type: 'host_process_argument', key: `${head}/argument` }, inArguments),
  ]
}

/** `--token abc` and `--token=abc` in the words as the program got them, which need no quoting. */
function argumentSecrets(run: Run, process: Process): Found[] {
  return inspectCommand(
    run,
    process.argv
      .map((word) => (/[\s"']/.test(word) && !/^\w+:/.test(word) ? `'${word.replaceAll("'", '')}'` : word))
      .join(' '),
  ).secrets
}

function environmentSecrets(run: Run, environment: Uint8Array): Found[] {
  const pairs = textOf(environment).split('\0')
  const named = pairs.flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals > 0 ? (secretVariable(pair.slice(0, equals), pair.slice(equals + 1)) ?? []) : []
  })
  // One variable a line, as in an .env file; a line break within a value would join it to the next.
  const lines = new TextEncoder().encode(pairs.map((pair) => pair.replaceAll(/[\r\n]/g, ' ')).join('\n'))
  return [...named, ...scanned(run, lines, '.env').map(({ line: _, column: __, ...one }) => one)]
}
