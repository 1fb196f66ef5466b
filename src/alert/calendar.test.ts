import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CalendarEntry, calendarOf, folded } from './calendar.ts'
import { HOSTILE } from './testing/message.ts'

const entry = (more: Partial<CalendarEntry> = {}): CalendarEntry => ({
  key: 'demo:c',
  ends: new Date('2026-12-01T10:00:00.000Z'),
  seen: new Date('2026-11-01T00:00:00.000Z'),
  summary: 'c ends',
  description: 'Ada answers for it.\ndemo:c',
  link: 'https://reeve.example/identities/demo%3Ac',
  ...more,
})
const made = (...entries: CalendarEntry[]) => calendarOf({ name: 'Reeve', says: 'What ends', entries })
const lines = (calendar: string) => calendar.replaceAll(/\r\n[ \t]/g, '').split('\r\n')

test('an end is an event with a stable id, in UTC, between the lines that make a calendar', () => {
  expect(lines(made(entry()))).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Reeve//Expiry//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'X-WR-CALNAME:Reeve',
    'X-WR-CALDESC:What ends',
    'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
    'X-PUBLISHED-TTL:PT6H',
    'BEGIN:VEVENT',
    expect.stringMatching(/^UID:[0-9a-f]{32}@reeve$/),
    'DTSTAMP:20261101T000000Z',
    'DTSTART:20261201T100000Z',
    'SUMMARY:c ends',
    'DESCRIPTION:Ada answers for it.\\ndemo:c',
    'URL:https://reeve.example/identities/demo%3Ac',
    'CLASS:CONFIDENTIAL',
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ])
})

test('the same estate gives the same bytes; a renewal moves the same event', () => {
  expect(made(entry())).toBe(made(entry()))
  const uid = (calendar: string) => /UID:(.*)/.exec(calendar)![1]
  expect(uid(made(entry({ ends: new Date('2027-12-01T10:00:00.000Z') })))).toBe(uid(made(entry())))
  expect(uid(made(entry({ key: 'demo:d' })))).not.toBe(uid(made(entry())))
})

test('a name can neither end its line nor begin another property', () => {
  const said = lines(
    made(
      entry({ summary: HOSTILE, description: HOSTILE, link: 'https://x.example/\r\nATTENDEE:mailto:a@example.org' }),
    ),
  )
  expect(said.filter((one) => one.startsWith('BEGIN:')).length).toBe(2)
  expect(said.some((one) => /^(Bcc|ATTENDEE)/.test(one))).toBe(false)
  expect(said.find((one) => one.startsWith('SUMMARY:'))).toContain('a\\,b\\\\n BEGIN:VEVENT')
})

test('no line is longer than 75 octets, and unfolding gives the text back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const plain = text.replaceAll(/[\r\n]/g, '')
      const made = folded(plain)
      for (const one of made.split('\r\n')) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(75)
      expect(made.replaceAll(/\r\n /g, '')).toBe(plain)
    }),
  )
})
