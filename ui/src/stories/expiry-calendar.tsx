import { ExpiryCalendar } from '../parts/expiry-calendar.tsx'
import { HOSTILE, type Stories } from './story.ts'

const DAY = 86_400_000
const FROM = Date.parse('2026-11-23')
const dayOf = (i: number) => new Date(FROM + i * DAY).toISOString().slice(0, 10)

const days = (ends: Readonly<Record<number, readonly string[]>>, more = 0) =>
  Array.from({ length: 56 }, (_, i) => {
    const names = ends[i] ?? []
    return {
      day: dayOf(i),
      counts:
        names.length === 0
          ? []
          : [{ kind: 'credential' as const, q: `expires:${dayOf(i)} -renews:yes`, count: names.length + more }],
      rows: names.map((name, n) => ({
        key: `demo:${i}/${n}`,
        name,
        kind: 'credential' as const,
        type: 'x509_certificate',
        ends: `${dayOf(i)}T12:00:00.000Z`,
        mark: (['medium', 'high', 'low', 'not-judged'] as const)[n % 4]!,
        proves: null,
        more: 0,
        owner: null,
        suggested: null,
      })),
    }
  })
const around = { today: '2026-11-24', from: dayOf(0), until: dayOf(55) }

export const stories: Stories = {
  'eight weeks, today in the first, a crowded day': (
    <ExpiryCalendar
      of={{
        ...around,
        days: days({
          0: ['partner key'],
          1: ['meter-17 client certificate'],
          3: ['renovate app key'],
          4: [HOSTILE],
          38: ['datahub-sync secret', 'codecov-upload token', 'status-page token', 'labels.larkfield.example', 'api'],
        }),
      }}
    />
  ),
  'nothing ends': <ExpiryCalendar of={{ ...around, days: days({}) }} />,
}
