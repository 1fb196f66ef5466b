import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { type CronJob, cronJobs } from './cron-jobs.ts'
import { factsOf } from './file-facts.ts'
import { clean, cronKey, fileKey, type Host, hostKey, novel, onHost, userKey } from './host.ts'
import { describeSecrets } from './secrets.ts'

export const cron: Collection<Host> = {
  id: 'cron',
  title: 'Cron jobs',
  yields: ['cron_job', 'host_cron_secret', 'host_secret_file', 'secret_value'],
  needs: [
    'read /etc/crontab, /etc/cron.* and the scripts they start',
    'read /var/spool/cron (root or CAP_DAC_READ_SEARCH), for the crontabs of accounts',
  ],
  async *read(host, run) {
    const fresh = novel()
    for (const job of await cronJobs(host, run)) {
      for (const item of await describe(host, run, job)) if (fresh(item)) yield item
    }
  },
}

async function describe(host: Host, run: Run, job: CronJob): Promise<(Entity | Edge)[]> {
  const key = cronKey(host, job.id)
  const script = job.program.scripts[0]?.path
  const items: (Entity | Edge)[] = [
    {
      kind: 'workload',
      type: 'cron_job',
      key,
      name: onHost(host, script ?? job.command),
      ...(script !== undefined && { aliases: [clean(script)] }),
      attributes: {
        file: clean(job.file),
        ...(job.line !== null && { line: job.line }),
        schedule: clean(job.schedule, 200),
        account: clean(job.account, 200),
        command: job.command,
        scripts: job.program.scripts.map((one) => clean(one.path)).slice(0, 20),
        keyFiles: job.program.keyFiles.map((path) => clean(path)).slice(0, 20),
        fetchesAndRuns: job.program.fetched.map(({ file, line, from }) => ({
          file: file ?? job.file,
          line: file === null ? (job.line ?? line) : line,
          from: clean(from, 400),
        })),
      },
    },
    { from: hostKey(host), verb: 'contains', to: key },
    { from: key, verb: 'runs-as', to: userKey(host, job.account) },
    ...job.program.keyFiles.map(
      (path): Edge => ({
        from: key,
        verb: 'uses',
        to: fileKey(host, path),
        attributes: { because: `${clean(script ?? job.command, 300)} names it` },
      }),
    ),
  ]
  const inline = [
    ...job.program.secrets.map((one) => ({ ...one, ...(job.line !== null && { line: job.line }) })),
    ...job.variables,
  ]
  items.push(
    ...describeSecrets(
      host,
      run,
      {
        type: 'host_cron_secret',
        key: cronKey(host, job.id),
        name: `${job.file} on ${host.name}`,
        attributes: { file: clean(job.file) },
        usedBy: [key],
      },
      inline,
    ),
  )
  for (const one of job.program.scripts) {
    items.push(
      ...describeSecrets(
        host,
        run,
        {
          type: 'host_secret_file',
          key: fileKey(host, one.path),
          name: `${one.path} on ${host.name}`,
          attributes: await factsOf(host, run, one.path, one.info),
          usedBy: [key],
        },
        one.secrets,
      ),
    )
  }
  return items
}
