interface CronEntry {
  line: number
  schedule: string
  /** Only in system crontabs. */
  user: string | null
  command: string
}

interface Crontab {
  entries: CronEntry[]
  variables: { name: string; value: string; line: number }[]
}

const NICKNAME = /^@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)$/
const FIELD = /^[\d*/,~a-zA-Z?#L-]{1,100}$/

/** crontab(5). Lines that are neither are left out. */
export function parseCrontab(text: string, withUser: boolean): Crontab {
  const crontab: Crontab = { entries: [], variables: [] }
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.trim()
    if (line === '' || line.startsWith('#')) continue
    const assignment = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line)
    if (assignment) {
      crontab.variables.push({
        name: assignment[1]!,
        value: assignment[2]!.replace(/^(["'])(.*)\1$/, '$2'),
        line: at + 1,
      })
      continue
    }
    const words = line.split(/\s+/)
    const fields = line.startsWith('@') ? 1 : 5
    const schedule = words.slice(0, fields)
    if (
      fields === 1 ? !NICKNAME.test(schedule[0]!) : schedule.length < 5 || !schedule.every((field) => FIELD.test(field))
    )
      continue
    const skip = fields + (withUser ? 1 : 0)
    const command = line.replace(new RegExp(String.raw`^(?:\S+\s+){${skip}}`), '')
    if (words.length <= skip) continue
    crontab.entries.push({
      line: at + 1,
      schedule: schedule.join(' '),
      user: withUser ? words[fields]! : null,
      command: beforePercent(command),
    })
  }
  return crontab
}

/** What stands after the first bare % is input of the command, not part of it. */
const beforePercent = (command: string): string =>
  (/^(?:[^%\\]|\\.|\\$)*/.exec(command)?.[0] ?? '').replaceAll('\\%', '%').trim()
