/** What an alert says, before any channel puts it into its own form. */
import { z } from 'zod'
import { Instant, Kind, Severity } from '../sdk/index.ts'

export const AlertEvent = z.enum(['ending', 'age', 'finding', 'privilege', 'ownership'])
export type AlertEvent = z.infer<typeof AlertEvent>

/** One alert in a message. Names in it are hostile input: they went through `line`, and each channel escapes what it must. */
export const AlertLine = z.object({
  id: z.string(),
  event: AlertEvent,
  subject: z.string(),
  kind: Kind,
  name: z.string(),
  severity: Severity,
  says: z.string(),
  because: z.array(z.string()),
  fix: z.array(z.string()),
  finding: z.string().nullable(),
  ends: Instant.nullable(),
  sources: z.array(z.string()),
  environment: z.string().nullable(),
  owner: z.string().nullable(),
  opened: Instant,
  /** Why it closed; null while it is open. */
  closed: z.string().nullable(),
})
export type AlertLine = z.infer<typeof AlertLine>

export const Message = z.object({
  what: z.enum(['opened', 'closed', 'digest', 'overdue', 'test']),
  /** One sentence. */
  title: z.string(),
  severity: Severity,
  at: Instant,
  /** At most `MOST_LINES`, the worst first. */
  alerts: z.array(AlertLine),
  /** How many there are beyond. */
  more: z.number().int(),
  /** What closed by itself since, likewise. */
  closed: z.array(AlertLine),
  moreClosed: z.number().int(),
  /** Where to see them; null where this installation does not know its own address. */
  link: z.string().nullable(),
})
export type Message = z.infer<typeof Message>

export const MOST_LINES = 20
const RANKS: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']
export const rankOf = (severity: Severity): number => RANKS.indexOf(severity)
export const severityOf = (rank: number): Severity => RANKS[rank] ?? 'info'

/** Control characters, and those that turn the direction of text or are not seen. */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/** Text of others as one visible line of at most `most` characters. */
export function line(text: string, most = 300): string {
  const plain = text.toWellFormed().replaceAll(UNSEEN, ' ').replaceAll(/\s+/gu, ' ').trim()
  const letters = [...plain]
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : plain
}

/** `1 alert`, `12 alerts`. */
export const some = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`

const EVENTS: Readonly<Record<AlertEvent, readonly [string, string]>> = {
  ending: ['thing ends or has ended', 'things end or have ended'],
  age: ['credential is older than its limit', 'credentials are older than their limits'],
  finding: ['finding opened', 'findings opened'],
  privilege: ['privileged grant is new', 'privileged grants are new'],
  ownership: ['thing lost its owner', 'things lost their owner'],
}

/** The title of several alerts: `3 things end or have ended, 1 privileged grant is new`. */
export function titleOf(counts: ReadonlyMap<AlertEvent, number>): string {
  return AlertEvent.options
    .flatMap((event) => {
      const count = counts.get(event) ?? 0
      return count === 0 ? [] : [some(count, ...EVENTS[event])]
    })
    .join(', ')
}

/** The lines under each other, as text: what mail and every client without forms show. */
export function textOf(message: Message): string {
  const told = (one: AlertLine): string =>
    [
      `- ${one.says}`,
      ...(one.closed === null ? one.because.map((sentence) => `  ${sentence}`) : [`  ${one.closed}`]),
      `  ${about(one)}`,
      ...(one.closed === null && one.fix.length > 0 ? [`  What to do: ${one.fix.join(' ')}`] : []),
    ].join('\n')
  return [
    message.title,
    ...message.alerts.map(told),
    ...(message.more > 0 ? [`and ${message.more.toLocaleString('en-US')} more.`] : []),
    ...(message.closed.length > 0 ? ['Closed by itself since:', ...message.closed.map(told)] : []),
    ...(message.moreClosed > 0 ? [`and ${message.moreClosed.toLocaleString('en-US')} more closed.`] : []),
    ...(message.link === null ? [] : [`See ${message.link}`]),
  ].join('\n\n')
}

/** Where it stands and who answers for it. */
export const about = (one: AlertLine): string =>
  [
    one.severity,
    one.subject,
    ...(one.environment === null ? [] : [one.environment]),
    one.owner === null ? 'nobody answers for it' : `${one.owner} answers for it`,
    ...(one.finding === null ? [] : [one.finding]),
  ].join(' · ')
