import type { Run } from '../../sdk/index.ts'
import { cronJobs } from './cron-jobs.ts'
import type { Host } from './host.ts'
import { accountOf, unitsOf } from './unit-tree.ts'

/** Which units and cron jobs run as an account. */
export async function jobsByAccount(host: Host, run: Run): Promise<Map<string, string[]>> {
  const jobs = new Map<string, string[]>()
  const add = (account: string, job: string) => jobs.set(account, [...(jobs.get(account) ?? []), job])
  for (const unit of await unitsOf(host, run)) {
    const account = accountOf(unit)
    if (account !== null && unit.name.endsWith('.service') && unit.state !== 'masked' && unit.state !== 'disabled')
      add(account, unit.name)
  }
  for (const job of await cronJobs(host, run)) add(job.account, job.program.scripts[0]?.path ?? job.file)
  return jobs
}
