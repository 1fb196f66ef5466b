/** Ends as a calendar: RFC 5545, the same bytes for the same estate. */
import { hash } from 'node:crypto'
import { line } from './message.ts'

export interface CalendarEntry {
  key: string
  ends: Date
  /** When it was first seen: stays, so that the same estate gives the same bytes. */
  seen: Date
  summary: string
  description: string
  link: string | null
}

/** At most 75 octets in a line; what goes on begins with a space. A letter is never cut. */
export function folded(text: string): string {
  const lines: string[] = []
  let current = ''
  let octets = 0
  for (const letter of text) {
    const size = Buffer.byteLength(letter)
    if (octets + size > 75) {
      lines.push(current)
      current = ' '
      octets = 1
    }
    current += letter
    octets += size
  }
  return [...lines, current].join('\r\n')
}

/** Text of a property: nothing in it can end the line or begin another property. */
const escaped = (text: string): string =>
  text
    .split('\n')
    .map((part) => line(part, 2_000).replaceAll(/[\\;,]/g, (letter) => `\\${letter}`))
    .join('\\n')

const stamp = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')

export function calendarOf({
  name,
  says,
  entries,
}: {
  name: string
  says: string
  entries: readonly CalendarEntry[]
}): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Reeve//Expiry//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(name)}`,
    `X-WR-CALDESC:${escaped(says)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
    'X-PUBLISHED-TTL:PT6H',
    ...entries.flatMap((one) => [
      'BEGIN:VEVENT',
      `UID:${hash('sha256', one.key).slice(0, 32)}@reeve`,
      `DTSTAMP:${stamp(one.seen)}`,
      `DTSTART:${stamp(one.ends)}`,
      `SUMMARY:${escaped(one.summary)}`,
      `DESCRIPTION:${escaped(one.description)}`,
      ...(one.link === null ? [] : [`URL:${one.link.replaceAll(/[\r\n]/g, '')}`]),
      'CLASS:CONFIDENTIAL',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ]
  return `${lines.map(folded).join('\r\n')}\r\n`
}
