/**
 * What follows from what was collected, as rows with their proof: who can take whose place, who can become all there is of an account, who
 * reads what is worth reading. Rows that others imply are left out, so that there are not as many as pairs.
 */
import type { DerivedEdge } from '../../sdk/index.ts'
import { forEachBit, hasBit } from '../bits.ts'
import type { Way } from '../escalation.ts'
import { arnOf, lastName } from './arn.ts'
import type { AwsEstate } from './estate.ts'
import { exposuresOf } from './exposure.ts'
import { trustsOf } from './federation.ts'
import { keyOfArn } from './from-collected.ts'
import { awsPowers } from './powers.ts'
import { TARGETS } from './workloads.ts'

/** So many ways are told between two; the sure ones first. */
const MOST_WAYS = 3
/** Who reads more of one sort in an account reads the account: one row says how many. */
const MOST_TARGETS = 50
const MOST_TEXT = 2_000

/** What is worth reaching besides where all that is collected is looked at. */
const MORE: typeof TARGETS = [
  { type: 'aws_sqs_queue', action: 'sqs:ReceiveMessage' },
  { type: 'aws_kms_key', action: 'kms:Decrypt' },
  { type: 'aws_ecr_repository', action: 'ecr:GetDownloadUrlForLayer' },
]

const accountOf = (arn: string): string => `aws:account/${arnOf(arn).account}`

export async function awsDerived(estate: AwsEstate): Promise<DerivedEdge[]> {
  const powers = await awsPowers(estate, { worthy: [...TARGETS, ...MORE] })
  const { holders } = estate
  const rows: DerivedEdge[] = []
  const told = new Map<string, number>()
  const put = (from: number, to: string, verb: DerivedEdge['verb'], way: Way, says: string) => {
    const name = powers.names[from]!
    const sure = hasBit(way.who.sure, from)
    const pair = `${from} ${to}`
    const before = told.get(pair) ?? 0
    if (keyOfArn(name) === to || before >= MOST_WAYS) return
    told.set(pair, before + 1)
    const dependsOn = sure ? [] : [...new Set(way.dependsOn(from))]
    rows.push({
      verb,
      from: keyOfArn(name),
      to,
      actions: [...new Set([...way.actions, ...(way.besides?.(from) ?? [])])].slice(0, 50),
      object:
        way.object === ''
          ? null
          : way.object.startsWith('arn:')
            ? keyOfArn(way.object).slice(0, 2_048)
            : way.object.slice(0, 2_048),
      holds: sure ? 'yes' : 'depends',
      dependsOn: sure ? null : cut(dependsOn.join('; ') || 'what the request says'),
      says: cut(says),
    })
  }
  const eachOf = (way: Way, call: (index: number) => void) => {
    // Those whom a boundary binds stand a second time, as what they could become; they begin nothing of their own.
    forEachBit(way.who.possible, (index) => {
      if (index < holders.length && holders[index]!.kind !== 'group') call(index)
    })
  }

  for (const [index, { arn, kind, name }] of holders.entries())
    if (kind !== 'group' && hasBit(powers.admins, index))
      rows.push({
        verb: 'escalates-to',
        from: keyOfArn(arn),
        to: accountOf(arn),
        actions: ['*'],
        object: null,
        holds: 'yes',
        dependsOn: null,
        says: cut(
          `${name} is an administrator of the account ${arnOf(arn).account}: its policies allow everything and nothing bounds it`,
        ),
      })

  // All power at once: whoever has it surely needs no other row.
  const mighty = new Set<number>()
  const rise = (way: Way, account: string, what: string) =>
    eachOf(way, (index) => {
      if (hasBit(way.who.sure, index)) mighty.add(index)
      put(
        index,
        account,
        'escalates-to',
        way,
        `${lastName(powers.names[index]!)} can ${what} with ${way.actions.join(' and ')}`,
      )
    })
  for (const way of powers.make)
    eachOf(way, (index) => {
      const { arn } = holders[index]!
      if (hasBit(way.who.sure, index)) mighty.add(index)
      put(
        index,
        accountOf(arn),
        'escalates-to',
        way,
        `${lastName(arn)} can make ${way.object} an administrator with ${way.actions.join(', ')}`,
      )
    })
  for (const [target, ways] of powers.strengthen.entries())
    for (const way of ways) {
      const holder = holders[target]
      if (holder === undefined) continue
      // Giving power helps who gets it; the giver himself only where he is that one or takes its place, which is a row of its own.
      const self = { ...way, who: { sure: onlyIn(way.who.sure, target), possible: onlyIn(way.who.possible, target) } }
      if (hasBit(self.who.possible, target)) rise(self, accountOf(holder.arn), 'give itself any permission')
    }
  for (const [target, ways] of powers.become.entries()) {
    const to = powers.names[target]!
    for (const way of ways)
      eachOf(way, (index) => {
        if (mighty.has(index)) return
        put(
          index,
          keyOfArn(to),
          'escalates-to',
          way,
          `${lastName(powers.names[index]!)} can act as ${lastName(to)} with ${way.actions.join(', ')} on ${way.object}`,
        )
      })
  }
  // Whoever gives another any permission and can take its place gets the account by it.
  for (const [target, ways] of powers.strengthen.entries())
    for (const give of ways)
      for (const take of powers.become[target] ?? [])
        eachOf(give, (index) => {
          if (
            index === target ||
            mighty.has(index) ||
            !hasBit(take.who.possible, index) ||
            holders[target] === undefined
          )
            return
          const sure = hasBit(give.who.sure, index) && hasBit(take.who.sure, index)
          const both: Way = {
            who: sure ? give.who : { sure: onlyIn(give.who.sure, -1), possible: give.who.possible },
            actions: [...give.actions, ...take.actions],
            object: give.object,
            dependsOn: (one) => [...give.dependsOn(one), ...take.dependsOn(one)],
          }
          put(
            index,
            accountOf(holders[target].arn),
            'escalates-to',
            both,
            `${lastName(powers.names[index]!)} can give ${holders[target].name} any permission and act as it`,
          )
        })
  rows.push(...reaching(estate, powers), ...fromOutside(estate), ...byToken(estate))
  return rows
}

/** Roles whose trust in tokens anybody satisfies who has an account at the issuer. */
const byToken = (estate: AwsEstate): DerivedEdge[] =>
  estate.holders.flatMap(({ arn }, index) =>
    trustsOf(estate, index)
      .filter(({ breadth }) => breadth === 'anybody')
      .map(
        ({ issuer, says, dependsOn }): DerivedEdge => ({
          verb: 'escalates-to',
          from: 'aws:everybody',
          to: keyOfArn(arn),
          actions: ['sts:AssumeRoleWithWebIdentity'],
          object: keyOfArn(arn),
          holds: dependsOn.length === 0 ? 'yes' : 'depends',
          dependsOn: dependsOn.length === 0 ? null : cut(dependsOn.join('; ')),
          says: cut(`the trust of ${lastName(arn)} in ${issuer}: ${says}`),
        }),
      ),
  )

/** Roles that let in somebody who was not read: everybody, another account, one of its identities. */
const fromOutside = (estate: AwsEstate): DerivedEdge[] =>
  exposuresOf(estate.grants).flatMap(({ object, who, kind, ours, verdict, dependsOn, actions }): DerivedEdge[] => {
    if (kind === 'federation' || ours || !/:role\//.test(object)) return []
    const { partition } = arnOf(object)
    const from =
      kind === 'everybody'
        ? 'aws:everybody'
        : kind === 'account'
          ? `aws:arn:${partition}:iam::${who}:root`
          : keyOfArn(who)
    return [
      {
        verb: 'escalates-to',
        from,
        to: keyOfArn(object),
        actions: actions.slice(0, 50),
        object: `${keyOfArn(object)}`,
        holds: verdict,
        dependsOn: verdict === 'yes' ? null : cut(dependsOn.join('; ') || 'what the request says'),
        says: cut(`the trust of ${lastName(object)} lets in ${kind === 'everybody' ? 'everybody' : who}`),
      },
    ]
  })

function reaching({ holders }: AwsEstate, { targets, names }: Awaited<ReturnType<typeof awsPowers>>): DerivedEdge[] {
  const rows: DerivedEdge[] = []
  const counts = new Map<string, { row: DerivedEdge; count: number; rest: DerivedEdge[] }>()
  for (const { id, ways } of targets)
    for (const way of ways)
      forEachBit(way.who.possible, (index) => {
        if (index >= holders.length || holders[index]!.kind === 'group') return
        const sure = hasBit(way.who.sure, index)
        const row: DerivedEdge = {
          verb: 'reaches',
          from: keyOfArn(names[index]!),
          to: keyOfArn(id),
          actions: [...way.actions],
          object: null,
          holds: sure ? 'yes' : 'depends',
          dependsOn: sure ? null : cut(way.dependsOn(index).join('; ') || 'what the request says'),
          says: cut(`${lastName(names[index]!)} can read ${lastName(id)} with ${way.actions.join(', ')}`),
        }
        const sort = `${index} ${way.actions.join()}`
        const known = counts.get(sort)
        if (known) {
          known.count++
          known.rest.push(row)
        } else counts.set(sort, { row, count: 1, rest: [] })
      })
  for (const { row, count, rest } of counts.values()) {
    const owner = holders.find(({ arn }) => keyOfArn(arn) === row.from)!
    if (count <= MOST_TARGETS) rows.push(row, ...rest)
    else
      rows.push({
        ...row,
        to: accountOf(owner.arn),
        says: cut(`${owner.name} can do ${row.actions.join(', ')} on ${count} things that were listed`),
      })
  }
  return rows
}

const onlyIn = (bits: Uint32Array, at: number): Uint32Array => {
  const only = new Uint32Array(bits.length)
  if (at >= 0 && hasBit(bits, at)) only[at >>> 5] = 1 << (at & 31)
  return only
}

const cut = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text)
