/** What every story and the crowd stand on: people, the roots of each system, and for each service its resources and policies. */
import type { Environment } from '../../sdk/index.ts'
import type { Company, Service } from './company.ts'
import type { SystemId } from './patterns.ts'
import { environmentWord, keyOf, type Place, type Scene, type World } from './scene.ts'
import { systemOf } from './systems.ts'

/** `metrics`: how it fares, and nothing of what is in it. */
export type Level = 'metrics' | 'read' | 'write' | 'admin'

export const ACTIONS: Readonly<Record<Level, string[]>> = {
  metrics: ['metrics'],
  read: ['list', 'read'],
  write: ['list', 'read', 'write', 'delete'],
  admin: ['list', 'read', 'write', 'delete', 'grant'],
}

/** What an administrator of a service may do to the place it stands in. */
export const ROOT = ['list', 'grant']

/** The account, cluster, tenant or organisation of an environment; systems with one environment have one. */
export function rootOf(system: SystemId, environment: Environment): Place {
  const { listings, pattern } = systemOf(system)
  const [type] = listings.resources!.yields as [string]
  const own = pattern.environments.includes(environment) ? environment : pattern.environments[0]!
  return [system, type, `${type.slice(type.indexOf('_') + 1)}/larkfield-${environmentWord(own)}`]
}

export function leafOf(system: SystemId, service: string, environment: Environment): Place {
  const type = systemOf(system).pattern.resource
  const name = `${service}-${environmentWord(environment)}`
  return [
    system,
    type,
    type === 'aws_s3_bucket' ? `arn:aws:s3:::larkfield-${name}` : `${type.slice(type.indexOf('_') + 1)}/${name}`,
  ]
}

export function policyOf(system: SystemId, service: string, environment: Environment, level: Level): Place {
  const type = systemOf(system).pattern.entitlement
  return [system, type, `${type.slice(type.indexOf('_') + 1)}/${service}-${environmentWord(environment)}-${level}`]
}

/** Services that stories need there; a system has these, and a few others. */
const HOMES: Partial<Record<SystemId, string>> = {
  entra: 'payments billing ledger search',
  aws: 'checkout orders payments pricing parcels ledger media notify loyalty lake',
  kubernetes: 'search orders returns tracking labels',
  github: 'checkout payments media search',
  gitlab: 'pricing media',
  gcp: 'lake media reports routing',
  okta: 'search',
  snowflake: 'lake reports ledger',
  postgres: 'orders labels ledger',
  linux: 'labels checkout orders ledger parcels',
  salesforce: 'loyalty',
  slack: 'scanners notify',
  iot: 'scanners',
  rpa: 'scanners billing',
  agents: 'returns loyalty checkout search routing',
}

const homes = new WeakMap<Company, Map<SystemId, readonly Service[]>>()

/** The services that a system is used for. */
export function servicesOn({ company, chance }: World, system: SystemId): readonly Service[] {
  const known = homes.get(company) ?? new Map<SystemId, readonly Service[]>()
  homes.set(company, known)
  const there = known.get(system)
  if (there) return there
  const named = new Set((HOMES[system] ?? '').split(' '))
  const found = company.services.filter(({ name }) => named.has(name) || chance('home', system, name) < 0.25)
  known.set(system, found)
  return found
}

/** The ground of one system, a piece at a time. */
export function* groundOf(scene: Scene, system: SystemId): Generator<void> {
  if (system === 'entra') peopleOf(scene)
  yield
  const environments = [...new Set(systemOf(system).pattern.environments)]
  for (const environment of environments) {
    scene.resource(rootOf(system, environment), `${systemOf(system).label} (${environment})`, {
      environment,
      tier: environment === 'production' ? 1 : 2,
      born: -1500,
      attributes: { region: 'eu-west-1' },
    })
  }
  for (const service of servicesOn(scene.world, system)) {
    for (const environment of environments) serviceOn(scene, system, service, environment)
    yield
  }
}

function serviceOn(scene: Scene, system: SystemId, service: Service, environment: Environment): void {
  const root = keyOf(system, rootOf(system, environment)[2])
  const place = leafOf(system, service.name, environment)
  const name = `${service.name}-${environmentWord(environment)}`
  const leaf = scene.resource(place, name, {
    sensitivity: environment === 'production' ? service.sensitivity : 'internal',
    born: -1400,
    attributes: { team: service.team },
  })
  scene.edge(system, 'resources', root, 'contains', leaf)
  if (system === 'github') committersOf(scene, service, leaf)
  for (const level of ['metrics', 'read', 'write', 'admin'] as const) {
    const policy = policyOf(system, service.name, environment, level)
    const key = scene.entitlement(policy, `${name} ${level}`, {
      attributes: { actions: ACTIONS[level], ...(level === 'admin' ? { privileged: true } : {}) },
    })
    scene.say(system, key, 'allows', leaf, { actions: ACTIONS[level] })
    if (level === 'admin' && environment === 'production') scene.say(system, key, 'allows', root, { actions: ROOT })
  }
}

/** Who commits to it: whoever answers for the service most, colleagues of the team and of the platform now and then. */
function committersOf(scene: Scene, service: Service, repository: string): void {
  const { chance, company } = scene.world
  const owner = company.people[service.owner]!
  for (const [place, person] of company.people.entries()) {
    const most = person === owner ? 400 : person.team === service.team ? 120 : person.team === 'Platform' ? 30 : 0
    if (most === 0 || person.came > scene.today || (most < 400 && chance('commits', service.name, place) < 0.5))
      continue
    const ended = Math.min(person.left ?? scene.today, scene.today)
    const lastCommit = scene.at(
      Math.max(person.came, ended - chance.between(0, 20, 'last commit', service.name, place)),
    )
    scene.edge('github', 'resources', person.key, 'created', repository, {
      commits: chance.between(Math.ceil(most / 4), most, 'many commits', service.name, place),
      firstCommit: scene.at(person.came),
      lastCommit,
    })
  }
}

function peopleOf(scene: Scene): void {
  if (!scene.wants('entra', 'people')) return
  for (const { key, name, mail, team, title, came, left } of scene.world.company.people) {
    if (came > scene.today) continue
    const gone = left !== null && left <= scene.today
    scene.told.push({
      kind: 'person',
      type: 'entra_user',
      key,
      name,
      created: { value: scene.at(came, key) },
      aliases: [mail],
      attributes: {
        mail,
        team,
        title,
        status: gone ? 'disabled' : 'active',
        ...(gone ? { left: scene.at(left).slice(0, 10) } : {}),
      },
    })
  }
}
