import type { Known } from '../sdk/index.ts'
import type { Card, CardSource, Consumer, Touch } from './card.ts'

const DAY = 86_400_000
/** Unused for this long, with use recorded, counts as unused. */
const DORMANT = 90
const RECENT = 30

export interface Evidence {
  kind: Card['entity']['kind']
  gone: boolean
  /** Why it is out of force already (`disabled`), or null. */
  off: string | null
  now: number
  lastUsed: Known<string>
  lastUsedBy: Known<string>
  consumers: readonly Consumer[]
  moreConsumers: number
  credentials: number
  grants: { total: number; used: number; notUsed: number; unknown: number }
  sources: readonly CardSource[]
}

/** Can I touch this? Nothing is said to be safe that was not shown to be; what would answer it is named. */
export function touchOf(evidence: Evidence): Card['touch'] {
  if (evidence.gone) {
    const gone = say('not-applicable', 'It is gone from its source already.')
    return { rotate: gone, narrow: gone, disable: gone, delete: gone }
  }
  return { rotate: rotate(evidence), narrow: narrow(evidence), disable: disable(evidence), delete: remove(evidence) }
}

const say = (answer: Touch['answer'], reason: string, permission: string | null = null): Touch => ({
  answer,
  reason,
  permission,
})

function rotate(evidence: Evidence): Touch {
  const { kind, credentials, consumers, moreConsumers } = evidence
  if (kind !== 'identity' && kind !== 'credential')
    return say('not-applicable', 'Nothing to rotate: only credentials are.')
  if (kind === 'identity' && credentials === 0) {
    const gap = gapOf(evidence)
    return gap
      ? say('unknown', `We saw no credential of its own, but did not read everything: ${gap.reason}`, gap.permission)
      : say('not-applicable', 'Nothing to rotate: it holds no credential of its own.')
  }
  const count = consumers.length + moreConsumers
  const byHand = consumers.filter(({ takesNewKey }) => takesNewKey === 'by-hand')
  if (byHand.length > 0) {
    return say(
      'with-care',
      `${byHand.length} of ${count} that use it must be given the new one by hand: ${names(byHand)}.`,
    )
  }
  const unclear = consumers.filter(({ takesNewKey }) => takesNewKey === 'unknown')
  if (unclear.length > 0)
    return say('with-care', `With overlap: of ${names(unclear)} we do not know how a new one reaches them.`)
  if (count > 0)
    return say(
      'yes',
      `Yes: ${count === 1 ? 'the one that uses it takes' : `all ${count} that use it take`} a new one without help.`,
    )
  const used = usedAt(evidence)
  if (used !== null && evidence.now - used < DORMANT * DAY) {
    return say('with-care', `With overlap: it was used ${since(evidence, used)}, and by whom it is held we do not see.`)
  }
  if (used !== null)
    return say('yes', `Yes: it was last used ${since(evidence, used)}, and nothing that holds it was found.`)
  return unknownUse(evidence, 'Not provable: we do not know who uses it')
}

function narrow({ kind, grants }: Evidence): Touch {
  if (kind !== 'identity' && kind !== 'entitlement') return say('not-applicable', 'It holds no permissions.')
  if (grants.total === 0) return say('not-applicable', 'No permission of it was found that could be narrowed.')
  if (grants.notUsed > 0)
    return say('yes', `Yes: ${grants.notUsed} of ${grants.total} permissions were never used while use was recorded.`)
  if (grants.unknown > 0)
    return say(
      'unknown',
      `Not provable: of ${grants.unknown} of ${grants.total} permissions no source records the use.`,
    )
  return say('no', `No: all ${grants.total} permissions were used.`)
}

function disable(evidence: Evidence): Touch {
  const { kind, off, consumers, moreConsumers, now } = evidence
  if (kind !== 'identity' && kind !== 'credential')
    return say('not-applicable', 'Only identities and credentials are disabled.')
  if (off) return say('not-applicable', `It is ${off} already.`)
  const used = usedAt(evidence)
  if (used !== null && now - used < RECENT * DAY) return say('no', `No: it was used ${since(evidence, used)}.`)
  if (consumers.length + moreConsumers > 0) return say('no', `No: ${names(consumers)} would fail.`)
  if (used === null) return unknownUse(evidence, 'Not provable')
  const gap = gapOf(evidence)
  if (gap)
    return say(
      'unknown',
      `Not provable: something that uses it may be in what was not read: ${gap.reason}`,
      gap.permission,
    )
  const days = Math.floor((now - used) / DAY)
  if (days < DORMANT)
    return say('with-care', `Unused for ${days} days; a job that runs each quarter would not show yet.`)
  return say('yes', `Yes, and it can be taken back: unused for ${days} days with its use recorded.`)
}

function remove(evidence: Evidence): Touch {
  const { kind, off, consumers, moreConsumers, now } = evidence
  if (kind !== 'identity' && kind !== 'credential')
    return say('not-applicable', 'Only identities and credentials are deleted here.')
  const used = usedAt(evidence)
  if (used !== null && now - used < RECENT * DAY) return say('no', `No: it was used ${since(evidence, used)}.`)
  if (consumers.length + moreConsumers > 0) return say('no', `No: ${names(consumers)} would fail.`)
  if (!off) return say('unknown', 'Not provable yet: not before it was disabled and watched for 30 days.')
  if (used === null) return unknownUse(evidence, 'Not provable')
  return now - used < DORMANT * DAY
    ? say('with-care', `It is ${off}, and was used ${since(evidence, used)}.`)
    : say('yes', `Yes: it is ${off}, nothing that uses it was found, and it was last used ${since(evidence, used)}.`)
}

const usedAt = ({ lastUsed }: Evidence): number | null => ('value' in lastUsed ? Date.parse(lastUsed.value) : null)

function unknownUse({ lastUsed }: Evidence, what: string): Touch {
  if ('unknown' in lastUsed)
    return say('unknown', `${what}: when it was last used is ${lastUsed.unknown}.`, lastUsed.permission ?? null)
  return say('unknown', `${what}: its source keeps no record of use.`)
}

function gapOf({ sources }: Evidence): { reason: string; permission: string | null } | null {
  const gap = sources.find(({ complete }) => !complete)
  return gap ? { reason: gap.reason ?? `${gap.connection} was read in part`, permission: gap.permission } : null
}

function since({ now, lastUsedBy }: Evidence, used: number): string {
  const days = Math.floor((now - used) / DAY)
  const when = days < 1 ? 'within the last day' : days === 1 ? 'yesterday' : `${days} days ago`
  return 'value' in lastUsedBy ? `${when} by ${lastUsedBy.value}` : when
}

function names(consumers: readonly Consumer[]): string {
  const shown = consumers.slice(0, 3).map(({ entity }) => entity.name)
  return consumers.length > 3 ? `${shown.join(', ')} and ${consumers.length - 3} more` : shown.join(' and ')
}
