import { z } from 'zod'
import { defineRule, fail, type Neighbour, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { day, days, daysBetween, list, nameOf } from './standing.ts'

const KEY = 'ssh:SHA256:abc'
const key = {
  kind: 'credential' as const,
  type: 'ssh_key',
  key: KEY,
  name: 'deploy@old-laptop',
  method: 'ssh-key' as const,
}
const user = {
  kind: 'identity' as const,
  type: 'linux_user',
  key: 'host:web-1/user/deploy',
  name: 'deploy@web-1',
  attributes: { account: 'deploy' },
}
const opens = (attributes: Record<string, string | null>) => ({
  from: KEY,
  verb: 'authenticates' as const,
  to: user.key,
  attributes,
})

export const hostSshKeyWithoutEnd = defineRule({
  id: 'host-ssh-key-without-end',
  title: 'An account has accepted the same SSH key for years, with no end in sight',
  owasp: ['NHI7'],
  severity: 'low',
  why: 'A key has no end of its own. The longer the line stands the more copies of the private half there are, and the fewer people know whose it is.',
  fix: [
    'Ask the person or service behind the key for a new one, and replace the line.',
    'Give the new line an end: expiry-time="20270630".',
    'For many hosts, trust an SSH authority instead and hand out certificates for hours.',
  ],
  undo: 'Put the former line back beside the new one until every user has moved.',
  effort: 20,
  about: { kind: 'credential', types: ['ssh_key'] },
  along: { accounts: ['>authenticates'] },
  params: z.strictObject({ days: z.number().int().positive().default(730) }),
  check({ entity, along }, { now, params }) {
    const lines = along.accounts!.filter(
      ({ edge }) => edge.attributes !== undefined && 'unchangedSince' in edge.attributes,
    )
    if (lines.length === 0) return notApplicable('no authorized_keys file holds it')
    const endless = lines.filter(({ edge }) => typeof edge.attributes!['expires'] !== 'string')
    if (endless.length === 0) return pass
    const dated = endless.flatMap((line) => {
      const since = Date.parse(String(line.edge.attributes!['unchangedSince']))
      return Number.isNaN(since) ? [] : [{ line, since }]
    })
    const old = dated
      .filter(({ since }) => daysBetween(since, now.getTime()) > params.days)
      .sort((a, b) => a.since - b.since)
    if (old.length > 0) {
      const first = old[0]!.since
      return fail(
        `${nameOf(entity)} has opened ${list(old.map(({ line }) => nameOf(line)))} since ${day(first)} at the latest, without an end date.`,
        [
          `The authorized_keys file has stood unchanged for ${days(daysBetween(first, now.getTime()))}, so the line is at least that old.`,
          'The line has no expiry-time option.',
        ],
        { places: old.flatMap(({ line }) => placesOf(line)) },
      )
    }
    return dated.length === endless.length ? pass : unknown('how long the line has stood is not known')
  },
  cases: [
    {
      name: 'unchanged for three years',
      subject: KEY,
      entities: [key, user],
      edges: [opens({ unchangedSince: '2023-11-01T00:00:00.000Z', expires: null })],
      expect: 'fail',
    },
    {
      name: 'unchanged for three years, with an end',
      subject: KEY,
      entities: [key, user],
      edges: [opens({ unchangedSince: '2023-11-01T00:00:00.000Z', expires: '2027-01-01T00:00:00.000Z' })],
      expect: 'pass',
    },
    {
      name: 'changed last month',
      subject: KEY,
      entities: [key, user],
      edges: [opens({ unchangedSince: '2026-10-20T00:00:00.000Z', expires: null })],
      expect: 'pass',
    },
    {
      name: 'the age of the file is not known',
      subject: KEY,
      entities: [key, user],
      edges: [opens({ unchangedSince: null, expires: null })],
      expect: 'unknown',
    },
    { name: 'a host key', subject: KEY, entities: [key], expect: 'not-applicable' },
  ],
})

const placesOf = ({ edge }: Neighbour): { file: string; line: number }[] => {
  const places = edge.attributes?.['places']
  return Array.isArray(places) ? (places as { file: string; line: number }[]) : []
}
