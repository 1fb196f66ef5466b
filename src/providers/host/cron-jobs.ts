import type { Run } from '../../sdk/index.ts'
import { accountsOf } from './accounts.ts'
import { parseCrontab } from './crontab.ts'
import { type Host, namesIn, once, readText, shortHash } from './host.ts'
import { part } from './machine.ts'
import { type Program, studyCommand } from './program.ts'
import { type Found, secretVariable } from './secrets.ts'

export interface CronJob {
  /** After `/cron`: file and what of it. */
  id: string
  file: string
  line: number | null
  schedule: string
  account: string
  command: string
  program: Program
  /** Secrets in the variables of its crontab. */
  variables: Found[]
}

/** run-parts leaves out what an editor or dpkg left behind. */
const PART = /^[A-Za-z0-9_-]+$/
const MORE_THAN_A_PART = /^[A-Za-z0-9_.-]+(?<!\.(?:dpkg-(?:old|dist|new|tmp)|rpmsave|rpmorig|rpmnew|bak|swp))$/
const FOLDERS = ['hourly', 'daily', 'weekly', 'monthly']

export const cronJobs = (host: Host, run: Run): Promise<CronJob[]> =>
  once(host, run, 'cron', async (run) => {
    const jobs: CronJob[] = []
    const accounts = await accountsOf(host, run)
    const homeOf = (account: string) => accounts.users.find((user) => user.name === account)?.home ?? '/root'
    const crontab = async (file: string, owner: string | null) => {
      const content = await readText(host, run, file)
      if (content === null) return
      const { entries, variables } = parseCrontab(content.text, owner === null)
      const secrets = variables.flatMap((one) => secretVariable(one.name, one.value, one.line) ?? [])
      for (const entry of entries) {
        const account = owner ?? entry.user!
        // The scripts of these folders are listed one by one below.
        if (/\brun-parts\b/.test(entry.command)) continue
        const program = await studyCommand(host, run, entry.command, homeOf(account))
        const id = `${file}:${shortHash(`${entry.schedule} ${account} ${program.shown}`)}`
        if (jobs.some((job) => job.id === id)) continue
        jobs.push({
          id,
          file,
          line: entry.line,
          schedule: entry.schedule,
          account,
          command: program.shown,
          program,
          variables: secrets,
        })
      }
    }
    await crontab('/etc/crontab', null)
    for (const { name, kind } of await namesIn(host, run, '/etc/cron.d'))
      if (kind !== 'folder' && PART.test(name)) await crontab(`/etc/cron.d/${name}`, null)
    for (const folder of ['/var/spool/cron/crontabs', '/var/spool/cron']) {
      for (const { name, kind } of await namesIn(host, run, folder))
        if (kind === 'file' && !name.startsWith('tmp.')) await crontab(`${folder}/${name}`, name)
    }
    for (const often of FOLDERS) {
      for (const { name, kind } of await namesIn(host, run, `/etc/cron.${often}`)) {
        const file = `/etc/cron.${often}/${name}`
        if (kind === 'folder' || !MORE_THAN_A_PART.test(name) || name.startsWith('.')) continue
        const info = await part(run, () => host.machine.stat(file))
        // run-parts starts what may be executed, and nothing else.
        if (info?.kind !== 'file' || (info.mode & 0o111) === 0) continue
        const program = await studyCommand(host, run, file, '/root')
        jobs.push({
          id: file,
          file,
          line: null,
          schedule: `@${often}`,
          account: 'root',
          command: file,
          program,
          variables: [],
        })
      }
    }
    return jobs
  })
