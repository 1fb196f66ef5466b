import { readFile } from 'node:fs/promises'
import { messageOf, ReeveError } from '../../sdk/index.ts'
import { type Report, readReport } from './credential-report.ts'
import type { Settings } from './settings.ts'

/** An import: what was saved of accounts, and nothing that can be asked. */
export interface Files {
  authorization: readonly string[]
  /** By account. */
  reports: ReadonlyMap<string, Report>
  /** Accounts that are said to be ours. */
  ours: ReadonlySet<string>
  settings: Settings
}

/** Throws `aws/file` for a credential report that cannot be opened or is none. */
export async function openFiles(settings: Settings): Promise<Files> {
  const reports = new Map<string, Report>()
  for (const path of settings.credentialReports) {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new ReeveError('aws/file', `opening ${path}: ${messageOf(cause)}`, { cause })
    })
    const report = readReport(text)
    if (report.account === undefined)
      throw new ReeveError(
        'aws/file',
        `reading ${path}: it is no credential report (${report.faults[0]?.says ?? 'it has no rows'}); decode the Content of aws iam get-credential-report with base64 -d`,
      )
    reports.set(report.account, report)
  }
  return { authorization: settings.files, reports, ours: new Set(settings.ownAccounts), settings }
}
