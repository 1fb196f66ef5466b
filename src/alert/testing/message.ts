/** A message whose names do what names must not be able to do. */
import type { AlertLine, Message } from '../message.ts'
import { line } from '../message.ts'

export const HOSTILE =
  'x\r\nBcc: all@example.org\r\n\r\n<!channel> <script>alert(1)</script> *bold* [click](https://evil.example) & "q" \u202egnp.exe; a,b\\n BEGIN:VEVENT'

export const alertLine = (more: Partial<AlertLine> = {}): AlertLine => ({
  id: '7a0c6a4e-0000-4000-8000-000000000001',
  event: 'ending',
  subject: line(`demo:${HOSTILE}`, 500),
  kind: 'credential',
  name: line(HOSTILE, 120),
  severity: 'high',
  says: line(`${HOSTILE} ends on 1 December 2026.`),
  because: ['That is in 7 days, and nothing is known to renew it.'],
  fix: ['Make its successor.'],
  finding: null,
  ends: '2026-12-01T12:00:00.000Z',
  sources: ['aws-prod'],
  environment: 'production',
  owner: line(HOSTILE, 120),
  opened: '2026-11-24T12:00:00.000Z',
  closed: null,
  ...more,
})

export const messageOf = (more: Partial<Message> = {}): Message => ({
  what: 'opened',
  title: alertLine().says,
  severity: 'high',
  at: '2026-11-24T12:00:00.000Z',
  alerts: [alertLine()],
  more: 0,
  closed: [],
  moreClosed: 0,
  link: 'https://reeve.example/expiry',
  ...more,
})
