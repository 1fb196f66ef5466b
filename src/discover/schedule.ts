import { ReeveError } from '../sdk/index.ts'

const LIMITS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const

export const isCron = (line: string): boolean => {
  try {
    parse(line)
    return true
  } catch {
    return false
  }
}

/** The first minute after `from` that a cron line of five fields (UTC) names; null when there is none within five years. */
export function nextAt(line: string, from: Date): Date | null {
  const [minutes, hours, days, months, weekdays, anyDay] = parse(line)
  const at = new Date(Math.floor(from.getTime() / 60_000) * 60_000 + 60_000)
  const end = from.getTime() + 5 * 366 * 86_400_000
  while (at.getTime() < end) {
    // As cron has it: where both day fields are restricted, either may name the day.
    const day = days.has(at.getUTCDate())
    const weekday = weekdays.has(at.getUTCDay())
    if (!months.has(at.getUTCMonth() + 1) || !(anyDay ? day && weekday : day || weekday)) at.setUTCHours(24, 0, 0, 0)
    else if (!hours.has(at.getUTCHours())) at.setUTCHours(at.getUTCHours() + 1, 0, 0, 0)
    else if (!minutes.has(at.getUTCMinutes())) at.setUTCMinutes(at.getUTCMinutes() + 1)
    else return at
  }
  return null
}

function parse(line: string): [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>, boolean] {
  const fields = line.trim().split(/\s+/)
  if (fields.length !== 5) throw wrong(line)
  const [minutes, hours, days, months, weekdays] = fields.map((field, place) => values(field, LIMITS[place]!, line))
  if (weekdays!.has(7)) weekdays!.add(0)
  return [minutes!, hours!, days!, months!, weekdays!, fields[2]!.startsWith('*') || fields[4]!.startsWith('*')]
}

function values(field: string, [low, high]: readonly [number, number], line: string): Set<number> {
  const found = new Set<number>()
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part)
    if (!match) throw wrong(line)
    const step = Number(match[3] ?? 1)
    const first = Number(match[1] ?? low)
    const last = Number(match[2] ?? (match[1] === undefined || match[3] !== undefined ? high : first))
    if (step < 1 || first < low || last > high || first > last) throw wrong(line)
    for (let value = first; value <= last; value += step) found.add(value)
  }
  return found
}

const wrong = (line: string) =>
  new ReeveError('discover/schedule', `${line} is not a cron line of five fields, such as 0 */6 * * *`)
