import type { Card, Touch } from './card.ts'
import {
  check,
  copies,
  credentialsSeen,
  disabledFirst,
  type Evidence,
  handedOver,
  nobodyUsesIt,
  readElsewhere,
  readWhole,
  seenUse,
  shared,
  standing,
  takers,
  unused,
  type Weighed,
} from './touch-checks.ts'

/** Can I touch this? Nothing is said to be safe that was not shown to be; what is missing is named, with what would answer it. */
export function touchOf(evidence: Evidence): Card['touch'] {
  if (evidence.gone) {
    const gone = none('It is gone from its source already.')
    return { rotate: gone, narrow: gone, disable: gone, delete: gone }
  }
  return { rotate: rotate(evidence), narrow: narrow(evidence), disable: disable(evidence), delete: remove(evidence) }
}

const none = (reason: string): Touch => ({ answer: 'not-applicable', reason, permission: null, checks: [] })

const lower = (says: string): string => says.charAt(0).toLowerCase() + says.slice(1)

/**
 * The answer that checks come to. What stops it decides before what is not known, and that before what wants care: `yes` is
 * left only when every check holds.
 */
function weigh(
  checks: readonly Weighed[],
  yes: string,
  { unknown = 'Not provable', led = false }: { unknown?: string; led?: boolean } = {},
): Touch {
  const of = (weight: Weighed['weight']) => checks.filter((check) => check.weight === weight)
  const [stops, open, care] = [of('stops'), of('unknown'), of('care')]
  const more = (list: readonly Weighed[]) => (list.length > 1 ? ` ${beside(list.length - 1)}` : '')
  // What was shown stands before what wants care.
  const lead = led && of('holds')[0] ? `${of('holds')[0]!.says} ` : ''
  const answer = stops[0] ? 'no' : open[0] ? 'unknown' : care[0] ? 'with-care' : 'yes'
  const reason = stops[0]
    ? `No: ${begin(stops[0].says)}`
    : open[0]
      ? `${unknown}: ${begin(open[0].says)}${more(open)}`
      : care[0]
        ? `${lead}${care[0].says}${more(care)}`
        : yes
  return {
    answer,
    reason,
    permission: answer === 'unknown' ? (open.find(({ permission }) => permission !== null)?.permission ?? null) : null,
    checks: [...stops, ...open, ...care, ...of('holds')].map(({ weight: _, ...check }) => check),
  }
}

const beside = (count: number): string => (count === 1 ? 'One thing more is open.' : `${count} things more are open.`)

/** A sentence that follows a colon; a name may stand first, so only our own beginnings are made small. */
const begin = (says: string): string =>
  /^(A|All|An|Both|It|Its|No|Nobody|Nothing|Something|When|Whether|Who|Every|Everything|Of|The) /.test(says)
    ? lower(says)
    : says

function rotate(evidence: Evidence): Touch {
  const { kind, credentials, off, methods } = evidence
  if (kind === 'secret') return none('It is a place: rotate the credential that stands in it.')
  if (kind !== 'identity' && kind !== 'credential') return none('Only credentials are rotated.')
  if (off) return none(`It is ${off.word}: nothing it holds works.`)
  const whole = readWhole(evidence)
  if (kind === 'identity' && credentials === 0)
    return whole.every(({ weight }) => weight === 'holds')
      ? none('It holds no credential of its own.')
      : weigh(whole, '', { unknown: 'We saw no credential of it, but that is not the whole' })
  if (methods.length > 0 && methods.every((method) => method === 'federation'))
    return none('It signs in by federation: there is no lasting credential to rotate.')
  const known = evidence.consumers.length + evidence.moreConsumers > 0
  const seen = known || seenUse(evidence)[0]?.weight === 'care'
  return weigh(
    [
      ...takers(evidence),
      ...seenUse(evidence),
      ...copies(evidence, 'care'),
      ...shared(evidence),
      // With overlap the old one goes on working: a user who was not seen is found by what still uses the old.
      ...whole.map((one) => (seen && one.weight === 'unknown' ? { ...one, weight: 'care' as const } : one)),
      ...readElsewhere(evidence, 'care'),
    ],
    known
      ? `Yes: ${begin(takers(evidence)[0]!.says)}`
      : `Yes: ${begin(seenUse(evidence)[0]!.says)} Nothing that holds it was found.`,
  )
}

function narrow(evidence: Evidence): Touch {
  const { kind, grants, stakes } = evidence
  if (kind !== 'identity' && kind !== 'entitlement') return none('It holds no permissions.')
  const whole = readWhole(evidence)
  if (grants.total === 0)
    return whole.every(({ weight }) => weight === 'holds')
      ? none('It holds no permission that could be narrowed.')
      : weigh(whole, '', { unknown: 'We saw no permission of it, but that is not the whole' })
  const of = `${grants.total} ${grants.total === 1 ? 'permission' : 'permissions'}`
  if (grants.notUsed + grants.partly === 0)
    return weigh(
      grants.unknown > 0
        ? [
            check(
              'unknown',
              grants.unknown < grants.total
                ? `Of ${grants.unknown} of its ${of} no source records the use.`
                : `No source records the use of ${grants.total === 1 ? 'its one permission' : `any of its ${of}`}.`,
            ),
          ]
        : [
            check(
              'stops',
              grants.total === 1
                ? 'Its one permission is used.'
                : `${grants.total === 2 ? 'Both its permissions' : `All its ${of}`} are used.`,
            ),
          ],
      '',
    )
  const says = [
    ...(grants.notUsed > 0 ? [`${grants.notUsed} of ${of} ${grants.notUsed === 1 ? 'was' : 'were'} never used`] : []),
    ...(grants.partly > 0
      ? [`${grants.partly} of ${of} ${grants.partly === 1 ? 'allows' : 'allow'} more than was ever called`]
      : []),
  ].join(', and ')
  return weigh(
    [check('holds', `${says}, while use was recorded.`), ...stakes.map((one) => check('care', one.says)), ...whole],
    `Yes: ${says}, while use was recorded.`,
  )
}

function disable(evidence: Evidence): Touch {
  const { kind, off } = evidence
  if (kind !== 'identity' && kind !== 'credential') return none('Only identities and credentials are disabled.')
  if (off) return none(`It is ${off.word} already.`)
  return weigh(
    [
      ...standing(evidence),
      ...unused(evidence, 'care'),
      ...nobodyUsesIt(evidence),
      ...readWhole(evidence),
      ...credentialsSeen(evidence, 'care'),
      ...copies(evidence, 'care'),
      ...shared(evidence),
      ...readElsewhere(evidence, 'care'),
    ],
    'Yes, and it can be taken back: nobody used it for as long as a quarter, and a use would have been seen.',
    { led: true },
  )
}

function remove(evidence: Evidence): Touch {
  const { kind } = evidence
  if (kind === 'secret') return removeCopy(evidence)
  if (kind === 'entitlement') return removeEntitlement(evidence)
  if (kind !== 'identity' && kind !== 'credential')
    return none(
      kind === 'person' ? 'A person leaves; what they answer for is handed on.' : 'Only what acts or opens is deleted.',
    )
  return weigh(
    [
      ...standing(evidence),
      ...nobodyUsesIt(evidence),
      ...unused(evidence, 'unknown'),
      ...readWhole(evidence),
      ...credentialsSeen(evidence, 'unknown'),
      ...copies(evidence, 'unknown'),
      ...readElsewhere(evidence, 'unknown'),
      ...disabledFirst(evidence),
      ...shared(evidence),
      ...handedOver(evidence),
    ],
    'Yes: it is off, nobody missed it, nothing that uses it was found, and everything that could name a user was read.',
    { unknown: 'Not provable yet' },
  )
}

/** A file or a variable: taking it away breaks who reads it, and reading is seldom recorded. */
function removeCopy(evidence: Evidence): Touch {
  const unseen = check(
    'care',
    'Nothing was seen to read it, and reading it leaves no trace: keep it aside for a while.',
  )
  const users = nobodyUsesIt(evidence)
  return weigh([...users, ...readWhole(evidence), ...(users[0]!.weight === 'holds' ? [unseen] : [])], '')
}

function removeEntitlement(evidence: Evidence): Touch {
  const { holders, moreConsumers, consumers } = evidence
  const held = [
    holders > 0
      ? check('stops', `${holders === 1 ? 'One holds' : `${holders} hold`} it and would lose what it allows.`)
      : check('care', 'Nobody was seen to hold it; what names it in a policy text was not asked.'),
  ]
  return weigh(
    [...held, ...(consumers.length + moreConsumers > holders ? nobodyUsesIt(evidence) : []), ...readWhole(evidence)],
    '',
  )
}
