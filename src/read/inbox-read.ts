import type { Db } from '../platform/index.ts'
import type { Inbox, InboxItem } from './inbox.ts'
import { type Grounds, groundsOf } from './inbox-grounds.ts'
import { nodesOf, type OwnedNode } from './owners-queue.ts'
import { type OwnersLook, personOf } from './owners-read.ts'
import {
  AHEAD_DAYS,
  type AskedDuty,
  bearersOf,
  dutiesOf,
  type Owned,
  type OwnersRoll,
  ownersRoll,
} from './owners-roll.ts'
import { iso, isoOrNull, knownOf, markOf, refOr } from './refs.ts'
import type { Roll } from './roll.ts'

const DAY = 86_400_000

/** Whose inbox: the keys by which the person is known, the first of which names them. Operators have what nobody else is there for. */
export interface Asking {
  keys: readonly string[]
  operator: boolean
  /** Does the person ask themselves? Sentences say `you` then. */
  self: boolean
}

interface Waiting extends AskedDuty {
  row: Owned
  /** It came to this person besides, because who bears it has not done it. */
  escalated: boolean
}

export async function readInbox(
  { db, clock, asOf }: OwnersLook,
  roll: Roll,
  asking: Asking,
  { from, limit }: { from: number; limit: number },
): Promise<Inbox> {
  const now = clock.now()
  const owners = await ownersRoll(db, roll, now)
  const all = waitingFor(owners, asking, now.getTime())
  const soon = all.filter(({ due }) => due < now.getTime() + AHEAD_DAYS * DAY)
  const [first] = asking.keys
  const ahead = all[0]
  return {
    person: first === undefined ? null : personOf(owners, first).person,
    nobody: first === undefined ? 'your account has no address by which a person is known' : null,
    items: await itemsOf(db, soon.slice(from, from + limit), owners, asking, now),
    left: soon.length,
    overdue: soon.filter(({ due }) => due < now.getTime()).length,
    nextAt: soon.length === 0 && ahead ? iso(new Date(ahead.due)) : null,
    next: from + limit < soon.length ? String(from + limit) : null,
    asOf: isoOrNull(asOf),
  }
}

/** One identity as an inbox shows it, asked for or not; null for one that nobody must answer for. */
export async function readInboxItem(
  { db, clock }: OwnersLook,
  roll: Roll,
  asking: Asking,
  entity: string,
): Promise<InboxItem | null> {
  const now = clock.now()
  const owners = await ownersRoll(db, roll, now)
  const row = owners.rows.find(({ key }) => key === entity)
  if (!row) return null
  const [asked] = dutiesOf(row, owners).sort((a, b) => a.due - b.due)
  const one = asked ?? { duty: 'review' as const, due: now.getTime() }
  const [item] = await itemsOf(db, [{ ...one, row, escalated: false }], owners, asking, now)
  return item ?? null
}

/** All that is asked of the person, the earliest first. */
function waitingFor(owners: OwnersRoll, { keys, operator }: Asking, now: number): Waiting[] {
  const mine = new Set(keys)
  const found: Waiting[] = []
  for (const row of owners.rows) {
    for (const asked of dutiesOf(row, owners)) {
      const { on, also } = bearersOf(row, asked, owners, now)
      if (on.some((key) => mine.has(key))) found.push({ ...asked, row, escalated: false })
      else if (also.some((key) => mine.has(key))) found.push({ ...asked, row, escalated: true })
      else if (operator && asked.duty === 'decommission') found.push({ ...asked, row, escalated: false })
    }
  }
  return found.sort((a, b) => a.due - b.due || a.row.worst - b.row.worst || (a.row.key < b.row.key ? -1 : 1))
}

async function itemsOf(
  db: Db,
  waiting: readonly Waiting[],
  owners: OwnersRoll,
  asking: Asking,
  now: Date,
): Promise<InboxItem[]> {
  const ids = waiting.map(({ row }) => row.id)
  const [nodes, grounds] = await Promise.all([nodesOf(db, ids), groundsOf(db, ids, asking.keys, now)])
  return waiting.flatMap((one) => {
    const node = nodes.get(one.row.id)
    return node ? [itemOf(one, node, owners, grounds, asking, now)] : []
  })
}

function itemOf(
  { row, duty, due, escalated }: Waiting,
  node: OwnedNode,
  owners: OwnersRoll,
  grounds: Grounds,
  { keys, self }: Asking,
  now: Date,
): InboxItem {
  const named = (key: string | null) => (key === null ? null : personOf(owners, key).person)
  const team = row.team === null ? undefined : owners.teams.get(row.team)
  const findings = grounds.findings.get(row.key) ?? []
  const credentials = grounds.credentials.get(row.id) ?? []
  const item: Omit<InboxItem, 'says' | 'because'> = {
    duty,
    entity: { key: row.key, kind: node.kind, type: node.type, name: node.name, gone: null },
    due: iso(new Date(due)),
    overdue: due < now.getTime(),
    escalatedFrom: escalated ? named(row.owner) : null,
    owner: named(row.owner),
    backup: named(row.backup),
    team: team ? { id: team.id, name: team.name } : null,
    certified: Number.isNaN(row.certified) ? null : iso(new Date(row.certified)),
    lastUsed: knownOf(node.last_used ?? undefined, node.connections),
    lastUsedBy: knownOf(node.last_used_by ?? undefined, node.connections),
    credentials: credentials.slice(0, 3),
    credentialCount: credentials.length,
    reach:
      node.reach === null
        ? { unknown: 'not worked out yet: it is after the next evaluation' }
        : {
            value: {
              resources: node.reach,
              atLeast: node.reach >= 100,
              mostSensitive: node.reaches === null ? null : refOr(grounds.refs, node.reaches),
            },
          },
    mark: markOf(node.worst),
    findings: findings.slice(0, 3),
    findingCount: findings.length,
  }
  const you = self ? 'you' : (named(keys[0] ?? null)?.name ?? 'the operators')
  return {
    ...item,
    says: saysOf(item, row, you, grounds, now),
    because: becauseOf(item, row, you, self, keys, grounds, now),
  }
}

/** What is asked, with a subject and a date. */
function saysOf(
  { duty, entity, owner, certified, credentials, due }: Omit<InboxItem, 'says' | 'because'>,
  row: Owned,
  you: string,
  grounds: Grounds,
  now: Date,
): string {
  const name = short(entity.name)
  switch (duty) {
    case 'confirm':
      return `${grounds.decided.get(row.key)?.by ?? 'Somebody'} named ${owner?.name ?? you} as the one who answers for ${name}.`
    case 'review':
      return certified === null
        ? `${owner?.name ?? you} has answered for ${name} since ${day(new Date(row.since), now)} and has not said so yet.`
        : `${owner?.name ?? you} last said on ${day(new Date(certified), now)} that ${name} is still needed.`
    case 'rotate': {
      const first = credentials.find(({ rotate }) => rotate !== null)
      return `${first ? credentialOf(first.entity.name, entity.name) : `A credential of ${name}`} must be replaced by ${day(new Date(due), now)}.`
    }
    case 'replace-owner':
      return `${owner?.name ?? 'Whoever'}, who answered for ${name}, has left. Nobody answers for it now.`
    case 'decommission':
      return `${grounds.notNeeded.get(row.key) ?? owner?.name ?? 'Its owner'} said that nobody needs ${name}. It is still in force at its source.`
  }
}

/** Why it came to this person. */
function becauseOf(
  { duty, owner, escalatedFrom, team, backup, due }: Omit<InboxItem, 'says' | 'because'>,
  row: Owned,
  you: string,
  self: boolean,
  keys: readonly string[],
  grounds: Grounds,
  now: Date,
): string[] {
  const because: string[] = []
  const youAre = self ? 'You are' : `${you} is`
  const isMine = (key: string | null) => key !== null && keys.includes(key)
  if (escalatedFrom) because.push(`${escalatedFrom.name} was to do it by ${day(new Date(due), now)} and has not.`)
  if (!isMine(row.owner)) {
    if (backup && isMine(backup.key)) because.push(`${youAre} its backup.`)
    else if (team) because.push(`${youAre} of ${team.name}, which answers for it.`)
    else if (duty !== 'decommission' && owner) because.push(`${owner.name} reports to ${you}.`)
  }
  const decided = grounds.decided.get(row.key)
  if (isMine(row.owner) && decided) {
    because.push(
      `${decided.by} named ${you} on ${day(decided.at, now)}${decided.reason ? `: ${short(decided.reason, 300)}` : ''}.`,
    )
    if (team) because.push(`${youAre} the accountable person of ${team.name}.`)
  }
  because.push(...(grounds.links.get(row.id) ?? []).map((link) => link(you)))
  return because
}

export const short = (text: string, most = 80): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

/** A credential whose own name says of what it is needs no more. */
export const credentialOf = (credential: string, entity: string): string =>
  credential.includes(entity) ? short(credential) : `${short(credential)} of ${short(entity)}`

/** `3 March`, with the year where it is not this one. */
export const day = (at: Date, now: Date): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    ...(at.getUTCFullYear() === now.getUTCFullYear() ? {} : { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(at)
