/** How the systems tell of the crowd. */
import type { Environment, JsonValue } from '../../sdk/index.ts'
import { agentWords, serverFor } from './agents.ts'
import type { Person } from './company.ts'
import { type Facts, factsOf, HOLDERS, type Member, TAGGED } from './crowd.ts'
import { leakOf } from './leaks.ts'
import { ACTIONS, leafOf, policyOf, ROOT, rootOf } from './places.ts'
import { undated, usagePermissions } from './refusals.ts'
import { accessKeyId, environmentWord, keyOf, type Scene, type World } from './scene.ts'
import { type System, systemOf } from './systems.ts'
import type { Fault } from './truth.ts'

const HELD = [...HOLDERS]

/** Tells of one member, and what is true of it. */
export function tellMember(scene: Scene, member: Member): void {
  const facts = factsOf(scene.world, member)
  if (!scene.isThere(facts)) return
  const { system } = member
  const { place, name, environment, service, faults, born, vendor, owner } = facts
  const off = faults.has('unrevoked') && facts.since <= scene.today
  const identity = scene.identity(place, name, {
    born,
    ...(system.pattern.environments.length > 1 ? { environment } : {}),
    attributes: {
      accountKind: 'service',
      team: service.team,
      ...(vendor ? { vendor, thirdParty: true } : {}),
      ...(off ? { status: 'disabled' } : {}),
      ...(system.pattern.identity === 'ai_agent' ? agentWords(scene, name) : {}),
      ...ownersWords(scene, member, facts),
    },
    ...usage(facts, system),
  })
  if (facts.recorded) scene.say(system.id, owner.key, 'owns', identity)
  const maker = makerOf(scene.world, member, facts)
  if (maker) scene.say(system.id, maker.key, 'created', identity)
  if (system.pattern.identity === 'ai_agent')
    serverFor(scene, identity, { name, service: service.name, environment, born })
  credentials(scene, member, facts, identity)
  grants(scene, member, facts, identity)
  const left = owner.left !== null && owner.left <= scene.today
  scene.truth(place, name, {
    faults: [...faults].filter((fault) => holds(fault, facts, scene.today)),
    owner: left ? null : owner.key,
    recorded: facts.recorded,
    evidence: facts.evidence,
    near: nearOf(facts),
    hard: hardOf(facts, system),
    // Where no source names the leaver, nothing tells that somebody left.
    unseen: facts.recorded || facts.evidence.includes('created') ? [] : ['orphaned'],
  })
}

function hardOf({ rhythm, faults }: Facts, { id }: System): string | null {
  if (faults.has('long-lived') && undated[id] !== undefined)
    return 'its source does not tell when its credential was made'
  return typeof rhythm === 'object' ? null : 'its source does not tell when it was last used'
}

/** Faults that come with time are not there from the first day. */
function holds(fault: Fault, { born, since, abandoned, rhythm, lasts }: Facts, today: number): boolean {
  if (fault === 'long-lived') return (Number.isFinite(lasts) && lasts > 730) || today - born > 180
  if (fault === 'stale') return today - abandoned >= 90
  if (fault === 'orphaned' || fault === 'unrevoked') return since <= today
  if (fault === 'leaked') return leakedOn(born, since) <= today
  return typeof rhythm === 'object' || fault !== 'over-privileged'
}

const leakedOn = (born: number, since: number): number => Math.max(born, since)

function usage({ rhythm, name, environment }: Facts, system: System) {
  if (rhythm === 'none') return {}
  if (rhythm === 'refused') {
    const permission = usagePermissions[system.id] ?? 'the audit log'
    return { used: { unknown: `the record of use of ${system.title} may not be read`, permission } }
  }
  const where = environment === 'production' ? 'prod-eu' : environmentWord(environment)
  return { used: rhythm, usedBy: `${name.split('@')[0]} from ${where}` }
}

function credentials(scene: Scene, { system, number }: Member, facts: Facts, identity: string): void {
  const { chance } = scene.world
  const { pattern } = system
  const { born, rotates, lasts, faults, name, environment } = facts
  const turn = rotates === null ? 0 : Math.max(0, Math.floor((scene.today - born) / rotates))
  const made = born + turn * (rotates ?? 0)
  const value = `crowd ${number} ${turn}`
  const id =
    pattern.credential === 'aws_access_key'
      ? accessKeyId(scene.world, value)
      : `${pattern.credential.split('_').pop()}-${chance.letters(12, 'credential', number, turn)}`
  const credential = scene.credential(
    [system.id, pattern.credential, `${pattern.credential.split('_').pop()}/${id}`],
    pattern.credential === 'aws_access_key' ? id : `${pattern.credential.split('_').slice(1).join(' ')} of ${name}`,
    {
      method: pattern.method,
      value,
      born: made,
      ...(undated[system.id] === undefined ? {} : { undated: undated[system.id]! }),
      ends: Number.isFinite(lasts) ? { value: made + lasts } : { notApplicable: 'it has no end' },
      attributes: {
        ...(pattern.method === 'certificate' && chance('renews', number) < 0.85 ? { autoRenew: true } : {}),
      },
      ...(typeof facts.rhythm === 'object' ? { used: facts.rhythm } : {}),
    },
    [identity],
  )
  if (faults.has('weak-authentication') || faults.has('open-trust')) federation(scene, facts, system, identity)
  if (faults.has('human-use')) humanHand(scene, number, system, credential)
  consumers(scene, { system, number }, facts, credential, value)
  if (faults.has('leaked')) leak(scene, number, facts, credential, value, environment)
}

function federation(scene: Scene, { faults, service, name }: Facts, system: System, identity: string): void {
  const type = { aws: 'aws_trust', entra: 'entra_federated_credential', gcp: 'gcp_workload_identity' }[
    system.id as string
  ]
  if (type === undefined) return
  scene.credential(
    [system.id, type, `trust/${name}`],
    `trust of ${name}`,
    {
      method: 'federation',
      born: -300,
      attributes: {
        issuer: 'https://token.actions.githubusercontent.com',
        subject: faults.has('open-trust') ? 'repo:*' : `repo:larkfield/${service.name}:ref:refs/heads/main`,
      },
    },
    [identity],
  )
}

/** A person's own account is proved by the same credential. */
function humanHand(scene: Scene, number: number, system: System, credential: string): void {
  const { company } = scene.world
  const person = company.people[number % company.people.length]!
  if (person.came > scene.today) return
  const left = person.left !== null && person.left <= scene.today
  const own = scene.identity(
    [system.id, system.pattern.identity, `personal/${person.mail}-${number}`],
    `${person.name} (${system.title})`,
    { born: person.came, attributes: { accountKind: 'human' } },
  )
  scene.say(system.id, person.key, 'owns', own)
  scene.truth(
    [system.id, system.pattern.identity, `personal/${person.mail}-${number}`],
    `${person.name} (${system.title})`,
    {
      machine: false,
      owner: left ? null : person.key,
      faults: left ? ['orphaned'] : [],
      hard: 'a service is proved by the same credential',
    },
  )
  scene.edge(system.id, 'credentials', credential, 'authenticates', own)
}

/** Where copies of it lie and what takes them from there. */
function consumers(
  scene: Scene,
  { system, number }: Pick<Member, 'system' | 'number'>,
  facts: Facts,
  credential: string,
  value: string,
): void {
  const { chance } = scene.world
  const { service, environment, name, faults } = facts
  if (faults.has('stale') || faults.has('unrevoked')) return
  const reused = faults.has('reused')
  const holder = reused
    ? 'kubernetes'
    : system.pattern.secret === null || chance('holder', number) < 0.5
      ? chance.of(HELD, 'held', number)
      : system.id
  const { secret, workload } = systemOf(holder).pattern
  const told = reused || facts.evidence.includes('runs')
  if (secret === null || (!told && chance('held at all', number) < 0.3)) return
  const copy = scene.copy([holder, secret, `${secret.split('_').pop()}/${name}`], `${name} credential`, credential, {
    environment,
    value,
    attributes: { place: `${service.name}/${name}` },
  })
  if (workload === null) return
  const runs = scene.workload([holder, workload, `${workload.split('_').pop()}/${name}`], name, {
    environment,
    attributes: { team: service.team },
  })
  scene.say(holder, runs, 'uses', copy)
  if (facts.evidence.includes('runs')) scene.edge(holder, 'workloads', facts.owner.key, 'owns', runs)
  if (!reused) return
  const other = scene.workload([holder, workload, `${workload.split('_').pop()}/${name}-batch`], `${name}-batch`, {
    environment,
  })
  scene.say(holder, other, 'uses', copy)
}

function leak(
  scene: Scene,
  number: number,
  { service, born, since, name }: Facts,
  credential: string,
  value: string,
  environment: Environment,
): void {
  const { chance, company } = scene.world
  const author = company.people[chance.between(0, company.people.length - 1, 'author', number)]!
  leakOf(scene, {
    number: `${number}`,
    repository: service.name,
    file: `deploy/${name}.env`,
    line: chance.between(2, 60, 'line', number),
    author,
    since: leakedOn(born, since),
    value,
    credential,
    environment,
  })
}

function grants(scene: Scene, { system, number }: Member, facts: Facts, identity: string): void {
  const { chance } = scene.world
  const { service, environment, level, administers, faults, rhythm } = facts
  const policy = policyOf(system.id, service.name, environment, level)
  scene.say(system.id, identity, 'has', keyOf(system.id, policy[2]))
  if (faults.has('environment-mixing')) {
    const other = system.pattern.environments.find((one) => (one === 'production') !== (environment === 'production'))
    if (other)
      scene.say(system.id, identity, 'has', keyOf(system.id, policyOf(system.id, service.name, other, level)[2]))
  }
  if (typeof rhythm !== 'object' || chance('calls', number) < 0.1) return
  const does = administers ? 'admin' : level === 'admin' ? (chance('does', number) < 0.5 ? 'read' : 'write') : level
  const leaf = leafOf(system.id, service.name, environment)
  scene.say(system.id, identity, 'called', keyOf(system.id, leaf[2]), { actions: ACTIONS[does] })
  if (administers)
    scene.say(system.id, identity, 'called', keyOf(system.id, rootOf(system.id, environment)[2]), { actions: ROOT })
}

/** Tags, a sponsor, the last login of a person: what things say of people besides who is named as owner. */
function ownersWords(scene: Scene, { system: { id }, number }: Member, facts: Facts): Record<string, JsonValue> {
  const { chance, company } = scene.world
  const { service, owner, evidence, born, faults } = facts
  const words: Record<string, JsonValue> = {}
  if (TAGGED.has(id)) {
    const tags: Record<string, string> = {}
    if (chance('tag service', number) < 0.6) tags['service'] = service.name
    if (evidence.includes('commits') || chance('tag repository', number) < 0.3)
      tags['repository'] = `larkfield/${service.name}`
    if (evidence.includes('tags'))
      tags['owner'] = chance('tag form', number) < 0.5 ? owner.mail : owner.mail.split('@')[0]!
    // Some tags are of years ago, and name whoever had it then.
    else if (!faults.has('orphaned') && chance('old tag', number) < 0.04)
      tags['owner'] = chance.of(company.people, 'old owner', number).mail
    if (Object.keys(tags).length > 0) words['tags'] = tags
  } else if (evidence.includes('tags')) words['sponsor'] = owner.mail
  if (evidence.includes('logins'))
    words['lastInteractive'] = {
      at: scene.at(Math.floor(born) + 1, 'set up'),
      from: owner.mail.split('@')[0]!,
      how: 'su',
    }
  return words
}

function makerOf(world: World, { number }: Member, { evidence, owner }: Facts): Person | null {
  if (evidence.includes('created')) return owner
  // Platform engineers make much that others answer for.
  const draw = world.chance('platform', number)
  return draw < 0.3 ? world.company.person('Felix Arden') : draw < 0.4 ? world.company.person('Noor Easton') : null
}

function nearOf({ rhythm, faults, vendor, administers }: Facts): (readonly [Fault, string])[] {
  return [
    ...(administers ? [['over-privileged', 'it administers, and uses what it holds'] as const] : []),
    ...(typeof rhythm === 'object' && rhythm.every > 60 && !faults.has('stale')
      ? [['stale', 'it works once a quarter'] as const]
      : []),
    ...(vendor && !faults.has('vendor-excess')
      ? [['vendor-excess', 'the vendor may only do what it does'] as const]
      : []),
  ]
}
