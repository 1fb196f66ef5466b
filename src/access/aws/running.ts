/** Powers over what runs: starting something new as a role, changing what runs as it, getting into it. */
import { isNobody } from '../answers.ts'
import { hasBit } from '../bits.ts'
import type { Way } from '../escalation.ts'
import { either } from '../verdict.ts'
import { arnOf, lastName } from './arn.ts'
import type { Asked, Asking, Begun } from './asking.ts'
import type { AwsEstate, Holder } from './estate.ts'
import { wayOf } from './permissions.ts'
import { servicesTrustedBy, trusts } from './places.ts'
import { type Resource, setting } from './read-resources.ts'
import { RUNNING, type Running, STARTING, type Starting } from './workloads.ts'

const PROFILE = ['iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile']

/** Passing a role to a service that it trusts, and starting something there. */
export function startAs(asking: Asking, estate: AwsEstate, role: Holder): Way[] {
  const passed = new Map<string, Asked>()
  const services = servicesTrustedBy(role)
  return STARTING.flatMap((starting): Way[] => {
    const { service, what, profiled, opens } = starting
    if (!services.has(service)) return []
    const trusted = trusts(estate, role, service)
    const home = estate.grants.principals.length === 0 ? undefined : asking.compiled.byScope.get(role.account)
    if (trusted === 'no' || home === undefined) return []
    const pass =
      passed.get(service) ?? asking.one('iam:PassRole', role.arn, new Map([['iam:passedtoservice', [service]]]))
    passed.set(service, pass)
    const needsProfile = profiled && role.instanceProfiles.length === 0
    const actions = [...(needsProfile ? PROFILE : []), ...starting.actions]
    const { asked, object } = begun(asking, estate, { ...starting, actions }, role.account)
    const whole = asking.within(asking.all([pass, asked]), home)
    return [
      wayOf(
        trusted === 'yes' ? whole : asking.onlyIf(whole, `the conditions under which ${role.arn} trusts ${service}`),
        ['iam:PassRole', ...actions, ...(opens === undefined ? [] : [opens])],
        object ?? what,
      ),
    ]
  })
}

/**
 * Where something must be there already it is done to one of those that were listed; where not all were, another one is an if. The role does not
 * matter yet, so it is asked once for each account.
 */
function begun(asking: Asking, estate: AwsEstate, starting: Starting, account: string): Begun {
  const { there } = starting
  if (there === undefined) return { asked: asking.on(starting, account) }
  const key = `${account} ${there} ${starting.actions.join(' ')}`
  return asking.once(key, () => {
    const open = estate.resources.flatMap((resource) => {
      if (resource.type !== there || resource.arn === undefined || accountOf(resource) !== account) return []
      const asked = asking.on(starting, account, resource.arn)
      return isNobody(asked.who) ? [] : [{ asked, object: resource.arn }]
    })
    const listed = asking.any(open.map(({ asked }) => asked))
    const object = open.length === 1 ? open[0]!.object : `one of ${open.length} resources of the type ${there}`
    if (estate.whole(there)) return { asked: listed, object }
    const another = `${open.length > 0 ? 'another' : 'a'} resource of the type ${there}`
    const asked = asking.any([listed, asking.onlyIf(asking.on(starting, account), another)])
    return open.length > 0 ? { asked, object } : { asked }
  })
}

const accountOf = (resource: Resource): string => resource.account ?? arnOf(resource.arn ?? '').account

/** By role (its index): how others get into what runs as it. */
export function runningAs(asking: Asking, estate: AwsEstate): Map<number, Way[]> {
  const ways = new Map<number, Way[]>()
  const kinds = new Map(RUNNING.map((one) => [one.type, one]))
  const find = roleFinder(estate)
  for (const resource of estate.resources) {
    const kind = kinds.get(resource.type)
    if (kind === undefined || resource.arn === undefined) continue
    for (const index of new Set(
      kind.roles.flatMap((path) => find(setting(resource, path), kind, accountOf(resource)) ?? []),
    )) {
      const trusted = kind.services.map((service) => trusts(estate, estate.holders[index]!, service)).reduce(either)
      const into = trusted === 'no' ? [] : getInto(asking, kind, resource.arn, accountOf(resource), index)
      ways.set(index, [...(ways.get(index) ?? []), ...into])
    }
  }
  return ways
}

const getInto = (asking: Asking, { ways }: Running, arn: string, account: string, role: number): Way[] =>
  ways.flatMap((way): Way[] => {
    const { actions, opens, needs, beside = [] } = way
    if (needs !== undefined && !hasBit(asking.everybody(needs, '*'), role)) return []
    const besides = beside.map(({ action, oneOf }) => asking.any(oneOf.map((object) => asking.one(action, object))))
    const asked = asking.all([
      ...(beside.length === 0 ? [asking.on(way, account, arn)] : actions.map((action) => asking.one(action, arn))),
      ...besides,
    ])
    return [wayOf(asked, opens === undefined ? actions : [...actions, opens], arn)]
  })

/** Finds a role by its ARN or name, or by the instance profile that it is in. */
function roleFinder({
  holders,
}: AwsEstate): (text: string | undefined, kind: Running, account: string) => number | undefined {
  const at = new Map<string, number>()
  for (const [index, { arn, kind, name, account, instanceProfiles }] of holders.entries()) {
    if (kind !== 'role') continue
    at.set(arn, index)
    at.set(`${account} ${name}`, index)
    for (const profile of instanceProfiles) {
      at.set(profile.arn, index)
      at.set(`${account} profile ${profile.name}`, index)
    }
  }
  return (text, { profiled }, account) => {
    if (text === undefined) return undefined
    const name = text.startsWith('arn:') ? lastName(text) : text
    return at.get(text) ?? at.get(`${account} ${profiled ? 'profile ' : ''}${name}`)
  }
}
