/** The identities that no story is about. What is true of one is drawn first; what its sources tell follows from it. */
import type { Environment } from '../../sdk/index.ts'
import type { Person, Service } from './company.ts'
import { type Level, leafOf, policyOf, rootOf } from './places.ts'
import { accessKeyId, environmentWord, keyOf, type Rhythm, type Scene, type World } from './scene.ts'
import { type Pattern, type System, type SystemId, systemOf, systems } from './systems.ts'
import type { Evidence, Fault } from './truth.ts'

/** One of the crowd: a place in its system and its number among all. */
export interface Member {
  system: System
  /** Over all systems: no two have the same. */
  number: number
  life: 'here' | 'gone' | 'coming'
}

/** Copies of credentials lie in, and are used from, these; so their listings hear of every member. */
export const HOLDERS: ReadonlySet<SystemId> = new Set(['kubernetes', 'github', 'vault', 'jenkins'])

/** So many of the crowd, `here` on the day of the stories, with a few more that went before and come after. */
export function* membersOf(count: number, of?: ReadonlySet<SystemId>): Generator<Member> {
  const total = systems.reduce((sum, { pattern }) => sum + pattern.share, 0)
  let number = 0
  let given = 0
  let share = 0
  for (const system of systems) {
    share += system.pattern.share
    const here = Math.round((count * share) / total) - given
    given += here
    for (const [life, many] of [
      ['here', here],
      ['gone', Math.ceil(here * 0.06)],
      ['coming', Math.ceil(here * 0.03)],
    ] as const) {
      if (of === undefined || of.has(system.id))
        for (let i = 0; i < many; i++) yield { system, number: number + i, life }
      number += many
    }
  }
}

const JOBS =
  'api worker exporter sync reader importer notifier deployer indexer gateway scheduler archiver mailer reconciler'.split(
    ' ',
  )
const VENDORS = ['Brightmail', 'Datavane', 'Kestrel Analytics', 'Pinecrest', 'Opsglass', 'Quillpay', 'Stackwarden']
const CHANCES: readonly [Fault, number][] = [
  ['stale', 0.07],
  ['orphaned', 0.04],
  ['unrevoked', 0.015],
  ['leaked', 0.012],
  ['vendor-excess', 0.25],
  ['weak-authentication', 0.03],
  ['over-privileged', 0.06],
  ['open-trust', 0.006],
  ['long-lived', 0.14],
  ['environment-mixing', 0.025],
  ['reused', 0.02],
  ['human-use', 0.02],
]

interface Facts {
  place: readonly [system: SystemId, type: string, native: string]
  name: string
  service: Service
  environment: Environment
  faults: ReadonlySet<Fault>
  born: number
  gone: number
  vendor: string | null
  owner: Person | null
  recorded: boolean
  evidence: Evidence[]
  rhythm: Rhythm | 'refused' | 'none'
  rotates: number | null
  level: Level
}

/** Tells of one member, and what is true of it. */
export function tellMember(scene: Scene, member: Member): void {
  const facts = factsOf(scene.world, member)
  if (!scene.isThere(facts)) return
  const { system } = member
  const { place, name, environment, service, faults, born, vendor, owner, rhythm } = facts
  const off = faults.has('unrevoked')
  const identity = scene.identity(place, name, {
    born,
    ...(system.pattern.environments.length > 1 ? { environment } : {}),
    attributes: {
      accountKind: 'service',
      team: service.team,
      ...(vendor ? { vendor, thirdParty: true } : {}),
      ...(off ? { status: 'disabled' } : {}),
    },
    ...usage(facts, system),
  })
  if (owner && facts.recorded) scene.say(system.id, owner.key, 'owns', identity)
  const maker = makerOf(scene.world, member, facts)
  if (maker) scene.say(system.id, maker.key, 'created', identity)
  credentials(scene, member, facts, identity)
  grants(scene, member, facts, identity)
  scene.truth(place, name, {
    faults: [...faults].filter((fault) => fault !== 'long-lived' || scene.today - born > 200),
    owner: owner?.key ?? null,
    recorded: facts.recorded,
    evidence: facts.evidence,
    near: nearOf(facts),
    hard: rhythm === 'refused' || rhythm === 'none' ? 'its source does not tell when it was last used' : null,
  })
}

function factsOf(world: World, { system, number, life }: Member): Facts {
  const { chance, company } = world
  const { pattern } = system
  const service = company.services[Math.floor(chance('service', number) * company.services.length)]!
  const environment = chance.of(pattern.environments, 'environment', number)
  const vendor =
    chance('vendor', number) < (pattern.identity.startsWith('sal') || pattern.identity.startsWith('slack') ? 0.7 : 0.02)
  const faults = new Set(
    CHANCES.flatMap(([fault, odds]) => (chance(fault, number) < odds && may(fault, pattern, vendor) ? [fault] : [])),
  )
  if (faults.has('unrevoked'))
    for (const fault of ['stale', 'over-privileged', 'human-use'] as const) faults.delete(fault)
  if (environment === 'production' && faults.has('environment-mixing') && pattern.environments.length === 1)
    faults.delete('environment-mixing')
  const young = chance('young', number) < 0.35
  const born =
    life === 'coming'
      ? chance.between(1, 60, 'born', number)
      : -(young ? chance.between(5, 360, 'born', number) : chance.between(370, 1500, 'born', number))
  const abandoned = Math.max(born + 20, -chance.between(120, 700, 'abandoned', number))
  const every = chance.of([0.04, 0.25, 1, 1, 1, 7, 7, 30, 91], 'every', number)
  const leaver = faults.has('orphaned') ? company.people.find(({ left }) => left !== null && left < 0) : undefined
  const recorded = chance('recorded', number) < (leaver ? 0.6 : 0.79)
  const evidence: Evidence[] = recorded
    ? []
    : chance('made', number) < 0.6
      ? ['created']
      : chance('said', number) < 0.3
        ? ['contains']
        : ['none']
  return {
    place: [system.id, pattern.identity, nativeOf(world, system, service, environment, number)],
    name: nameOf(world, system.id, service, environment, number),
    service,
    environment,
    faults,
    born,
    gone: life === 'gone' ? -chance.between(2, 340, 'gone', number) : Number.POSITIVE_INFINITY,
    vendor: vendor ? chance.of(VENDORS, 'vendor', number) : null,
    owner: leaver ?? company.people[service.owner]!,
    recorded,
    evidence,
    rhythm:
      pattern.usage === 'recorded' ? { every, ...(faults.has('stale') ? { until: abandoned } : {}) } : pattern.usage,
    rotates: faults.has('long-lived') ? null : pattern.rotates,
    level:
      faults.has('over-privileged') || faults.has('vendor-excess')
        ? 'admin'
        : chance('level', number) < 0.5
          ? 'read'
          : 'write',
  }
}

/** Not every fault can be had everywhere. */
function may(fault: Fault, { method, secret, environments, usage }: Pattern, vendor: boolean): boolean {
  if (fault === 'vendor-excess') return vendor
  if (fault === 'environment-mixing') return environments.length > 1
  if (fault === 'weak-authentication' || fault === 'open-trust')
    return method === 'access-key' || method === 'client-secret'
  if (fault === 'leaked') return method === 'access-key' || method === 'token' || method === 'password'
  if (fault === 'human-use') return method === 'token' || method === 'password'
  if (fault === 'over-privileged') return usage === 'recorded'
  return fault !== 'unrevoked' || secret !== null || method !== 'certificate'
}

function usage({ rhythm, name, environment }: Facts, system: System) {
  if (rhythm === 'none') return {}
  if (rhythm === 'refused') {
    const permission = system.usagePermission ?? 'the audit log'
    return { used: { unknown: `the record of use of ${system.title} may not be read`, permission } }
  }
  const where = environment === 'production' ? 'prod-eu' : environmentWord(environment)
  return { used: rhythm, usedBy: `${name.split('@')[0]} from ${where}` }
}

function credentials(scene: Scene, { system, number }: Member, facts: Facts, identity: string): void {
  const { chance } = scene.world
  const { pattern } = system
  const { born, rotates, faults, name, environment } = facts
  const turn = rotates === null ? 0 : Math.max(0, Math.floor((scene.today - born) / rotates))
  const made = born + turn * (rotates ?? 0)
  const value = `crowd ${faults.has('reused') ? `shared ${Math.floor(number / 2)}` : number} ${turn}`
  const id =
    pattern.credential === 'aws_access_key'
      ? accessKeyId(scene.world, value)
      : `${pattern.credential.split('_').pop()}-${chance.letters(12, 'credential', number, turn)}`
  const ending = endOf(pattern, made, rotates, chance('ends', number))
  const credential = scene.credential(
    [system.id, pattern.credential, `${pattern.credential.split('_').pop()}/${id}`],
    pattern.credential === 'aws_access_key' ? id : `${pattern.credential.split('_').slice(1).join(' ')} of ${name}`,
    {
      method: pattern.method,
      value,
      born: made,
      ...(ending === null ? { ends: { notApplicable: 'it has no end' } } : { ends: { value: ending } }),
      attributes: {
        ...(pattern.method === 'certificate' && chance('renews', number) < 0.85 ? { autoRenew: true } : {}),
      },
      ...(typeof facts.rhythm === 'object' ? { used: facts.rhythm } : {}),
    },
    [identity],
  )
  if (faults.has('weak-authentication') || faults.has('open-trust')) federation(scene, facts, system, identity)
  if (faults.has('human-use')) humanHand(scene, number, system, credential)
  if (pattern.workload === null && pattern.secret === null) return
  consumers(scene, { system, number }, facts, credential, value)
  if (faults.has('leaked')) leak(scene, number, facts, credential, value, environment)
}

function endOf({ method, rotates }: Pattern, made: number, rotated: number | null, draw: number): number | null {
  if (method === 'certificate') return made + (rotated === null ? 3650 : 398)
  if (rotated === null) return draw < 0.25 ? made + 1800 : null
  return draw < 0.6 ? made + rotates + 14 : null
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
  const own = scene.identity(
    [system.id, system.pattern.identity, `personal/${person.mail}-${number}`],
    `${person.name} (${system.title})`,
    {
      born: person.came,
      attributes: { accountKind: 'human' },
    },
  )
  scene.say(system.id, person.key, 'owns', own)
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
  const holder =
    system.pattern.secret === null || chance('holder', number) < 0.5
      ? chance.of([...HOLDERS], 'held', number)
      : system.id
  const { secret, workload } = systemOf(holder).pattern
  if (secret === null || chance('held at all', number) < 0.3) return
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
  if (!faults.has('reused')) return
  const other = scene.workload([holder, workload, `${workload.split('_').pop()}/${name}-batch`], `${name}-batch`, {
    environment,
  })
  scene.say(holder, other, 'uses', copy)
}

function leak(
  scene: Scene,
  number: number,
  { service, born, name }: Facts,
  credential: string,
  value: string,
  environment: Environment,
): void {
  const { chance, company } = scene.world
  const author = company.people[chance.between(0, company.people.length - 1, 'author', number)]!
  const since = Math.max(born, -chance.between(8, 300, 'leak', number))
  leakOf(scene, {
    number: `${number}`,
    repository: service.name,
    file: `deploy/${name}.env`,
    line: chance.between(2, 60, 'line', number),
    author,
    since,
    value,
    credential,
    environment,
  })
}

export interface Leak {
  number: string
  repository: string
  file: string
  line: number
  author: Person
  since: number
  /** Days on which the line was taken out again; null while it stands. */
  out?: number | null
  value: string
  credential: string
  environment?: Environment
  example?: boolean
  detector?: string
  title?: string
  redacted?: string
  severity?: string
  open?: boolean
}

/** A value found in a repository, told as a scan of it tells: the place, and the credential by its fingerprint. */
export function leakOf(scene: Scene, leak: Leak): void {
  const { author, file, line, since, value, out = null } = leak
  if (since > scene.today) return
  const found = scene.credential(
    ['github', 'secret_value', `found/${leak.number}`],
    `${leak.title ?? 'Secret'} ${leak.redacted ?? '…'}`,
    {
      method: 'token',
      value,
      attributes: {
        detector: leak.detector ?? 'generic-secret',
        provider: leak.credential.slice(0, leak.credential.indexOf(':')) || 'generic',
        title: leak.title ?? 'Secret',
        redacted: leak.redacted ?? '…',
        severity: leak.severity ?? 'high',
      },
    },
  )
  const date = scene.at(since, file)
  const at = scene.today < (out ?? Number.POSITIVE_INFINITY)
  scene.copy(['github', 'git_leak', `${leak.repository}/${file}:${line}`], `${file}:${line}`, found, {
    value,
    born: since,
    ...(leak.environment ? { environment: leak.environment } : {}),
    attributes: {
      file,
      line,
      column: 1,
      commit: scene.world.chance.letters(40, 'commit', file).replaceAll(/[g-z]/g, 'e'),
      author: `${author.name} <${author.mail}>`,
      date,
      atHead: at,
      inFolder: false,
      tracked: true,
      repository: true,
      repositoryName: `larkfield/${leak.repository}`,
      example: leak.example ?? false,
      public: leak.open ?? false,
      lastSeen: at ? null : scene.at(out!, file),
    },
  })
  scene.edge('github', 'secrets', author.key, 'created', keyOf('github', `${leak.repository}/${file}:${line}`))
}

function grants(scene: Scene, { system, number }: Member, facts: Facts, identity: string): void {
  const { chance } = scene.world
  const { service, environment, level, faults, rhythm } = facts
  const policy = policyOf(system.id, service.name, environment, level)
  scene.say(system.id, identity, 'has', keyOf(system.id, policy[2]), { since: scene.at(facts.born).slice(0, 10) })
  if (faults.has('environment-mixing')) {
    const other = system.pattern.environments.find((one) => (one === 'production') !== (environment === 'production'))
    if (other)
      scene.say(system.id, identity, 'has', keyOf(system.id, policyOf(system.id, service.name, other, level)[2]))
  }
  if (typeof rhythm !== 'object' || chance('calls', number) < 0.1) return
  const root = faults.has('over-privileged') ? null : level === 'admin' ? rootOf(system.id, environment) : null
  for (const place of [leafOf(system.id, service.name, environment), ...(root ? [root] : [])])
    scene.say(system.id, identity, 'called', keyOf(system.id, place[2]), {
      actions: level === 'write' ? ['write'] : ['read'],
    })
}

function makerOf(world: World, { number }: Member, { evidence, owner }: Facts): Person | null {
  if (evidence[0] === 'created') return owner
  // Platform engineers make much that others answer for.
  return world.chance('platform', number) < 0.3 ? world.company.person('Felix Arden') : null
}

function nearOf({ rhythm, faults, vendor }: Facts): (readonly [Fault, string])[] {
  return [
    ...(typeof rhythm === 'object' && rhythm.every > 60 && !faults.has('stale')
      ? [['stale', 'it works once a quarter'] as const]
      : []),
    ...(vendor && !faults.has('vendor-excess')
      ? [['vendor-excess', 'the vendor may only do what it does'] as const]
      : []),
  ]
}

function nativeOf(
  { chance }: World,
  { id, pattern }: System,
  service: Service,
  environment: Environment,
  number: number,
): string {
  const name = `${service.name}-${chance.of(JOBS, 'job', number)}-${number}`
  if (id === 'aws') return `arn:aws:iam::${environment === 'production' ? '441000000001' : '441000000002'}:user/${name}`
  if (id === 'entra') return `app/${chance.letters(8, 'uuid', number)}-${chance.letters(12, 'uuid', number)}`
  if (id === 'kubernetes') return `system:serviceaccount:${service.name}-${environmentWord(environment)}:${name}`
  if (id === 'gcp') return `${name}@larkfield-${environmentWord(environment)}.iam.gserviceaccount.example`
  return `${pattern.identity.split('_').slice(1).join('-')}/${name}`
}

function nameOf({ chance }: World, id: SystemId, service: Service, environment: Environment, number: number): string {
  const job = chance.of(JOBS, 'job', number)
  const suffix = `${environment === 'production' ? '' : `-${environmentWord(environment)}`}-${number}`
  if (id === 'iot')
    return `${chance.of(['scanner', 'gate', 'scale', 'printer', 'belt'], 'device', number)}-${chance.of(['north', 'south', 'harbour'], 'site', number)}-${number}`
  if (id === 'rpa') return `robot-${service.name}-${number}`
  if (id === 'agents')
    return `${service.name}-${chance.of(['assistant', 'triage', 'summariser', 'coder', 'planner'], 'agent', number)}-${number}`
  if (id === 'linux')
    return `svc-${service.name}-${job}@${chance.of(['web', 'db', 'batch', 'build'], 'host', number)}-eu-${1 + (number % 4)}`
  if (id === 'postgres') return `${service.name.replaceAll('-', '_')}_${job}_${number}`
  return `${service.name}-${job}${suffix}`
}
