/** What alerts are about, in words. */
import type { ChannelRow } from '../../nouns.ts'

export const EVENTS: Readonly<Record<ChannelRow['filter']['events'][number], string>> = {
  ending: 'Ends',
  age: 'Ages',
  finding: 'Findings',
  privilege: 'Privileged grants',
  ownership: 'Owners who left',
}

export const events = Object.keys(EVENTS) as (keyof typeof EVENTS)[]

/** `Everything from medium up, in production`. */
export function gets({ events, severity, sources, environments, owners, closings }: ChannelRow['filter']): string {
  const about =
    events.length === 0
      ? 'Everything'
      : events.map((event, i) => (i === 0 ? EVENTS[event] : EVENTS[event].toLowerCase())).join(', ')
  return [
    `${about} ${severity === 'critical' ? 'that is critical' : `from ${severity} up`}`,
    ...(sources.length > 0 ? [`of ${sources.join(', ')}`] : []),
    ...(environments.length > 0 ? [`in ${environments.join(', ')}`] : []),
    ...(owners.length > 0 ? [`answered for by ${owners.join(', ')}`] : []),
    ...(closings ? ['and what closed by itself'] : []),
  ].join(', ')
}
