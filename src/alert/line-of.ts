/** An alert as it is told at a moment. */
import type { Kind, Severity } from '../sdk/index.ts'
import type { AlertEvent, AlertLine } from './message.ts'
import { line, some } from './message.ts'

export interface AlertRow {
  id: string
  event: AlertEvent
  subject: string
  name: string
  kind: Kind
  level: number
  severity: Severity
  rank: number
  says: string
  because: string[]
  fix: string[]
  finding: string | null
  ends: Date | null
  sources: string[]
  environment: string | null
  owner: string | null
  owner_name: string | null
  opened_at: Date
  raised_at: Date
  overdue_at: Date | null
  closed_at: Date | null
  closed_says: string | null
}

const DAY = 86_400_000
const RENEW = [
  'Make its successor, and hand it to whatever uses this one.',
  'Remove the old one; the alert closes when it is renewed or gone.',
]

const dayOf = (at: Date): string =>
  at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

export function lineOf(row: AlertRow, now: Date): AlertLine {
  return {
    id: row.id,
    event: row.event,
    subject: line(row.subject, 500),
    kind: row.kind,
    name: line(row.name, 120),
    severity: row.severity,
    ...told(row, now),
    finding: row.finding,
    ends: row.ends?.toISOString() ?? null,
    sources: row.sources.map((source) => line(source, 64)),
    environment: row.environment,
    owner: row.owner_name === null ? null : line(row.owner_name, 120),
    opened: row.opened_at.toISOString(),
    closed: row.closed_at === null ? null : line(row.closed_says ?? 'It does not hold any more.'),
  }
}

/** How far off an end is changes each day, so it is said when it is told. */
function told(row: AlertRow, now: Date): Pick<AlertLine, 'says' | 'because' | 'fix'> {
  if (row.event !== 'ending' || row.ends === null)
    return {
      says: line(row.says),
      because: row.because.slice(0, 5).map((one) => line(one)),
      fix: row.fix.slice(0, 6).map((one) => line(one)),
    }
  const left = row.ends.getTime() - now.getTime()
  const name = line(row.name, 120)
  if (left <= 0)
    return {
      says: `${name} ended on ${dayOf(row.ends)}.`,
      because: [`That was ${away(-left)} ago, and it is still there.`],
      fix: RENEW,
    }
  return {
    says: `${name} ends on ${dayOf(row.ends)}.`,
    because: [`That is in ${away(left)}, and nothing is known to renew it.`],
    fix: RENEW,
  }
}

const away = (milliseconds: number): string =>
  milliseconds < DAY
    ? some(Math.max(1, Math.round(milliseconds / 3_600_000)), 'hour')
    : some(Math.floor(milliseconds / DAY), 'day')
