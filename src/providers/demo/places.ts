/** What every story and the crowd stand on: people, the roots of each system, and for each service its resources and policies. */
import type { Environment } from '../../sdk/index.ts'
import type { Service } from './company.ts'
import { environmentWord, keyOf, type Scene } from './scene.ts'
import { type SystemId, systemOf, systems } from './systems.ts'

type Place = readonly [system: SystemId, type: string, native: string]
export type Level = 'read' | 'write' | 'admin'

const ACTIONS: Readonly<Record<Level, string[]>> = {
  read: ['list', 'read'],
  write: ['list', 'read', 'write', 'delete'],
  admin: ['list', 'read', 'write', 'delete', 'grant'],
}

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

export function* groundOf(scene: Scene): Generator<void> {
  peopleOf(scene)
  yield
  for (const { id, pattern } of systems) {
    const environments = [...new Set(pattern.environments)]
    for (const environment of environments) {
      const root = rootOf(id, environment)
      scene.resource(root, `${systemOf(id).label} (${environment})`, {
        environment,
        tier: environment === 'production' ? 1 : 2,
        born: -1500,
        attributes: { region: 'eu-west-1' },
      })
    }
    for (const service of scene.world.company.services) {
      for (const environment of environments) serviceOn(scene, id, service, environment)
      yield
    }
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
  for (const level of ['read', 'write', 'admin'] as const) {
    const policy = policyOf(system, service.name, environment, level)
    const key = scene.entitlement(policy, `${name} ${level}`, {
      attributes: { actions: ACTIONS[level], ...(level === 'admin' ? { privileged: true } : {}) },
    })
    scene.say(system, key, 'allows', leaf, { actions: ACTIONS[level] })
    if (level === 'admin' && environment === 'production')
      scene.say(system, key, 'allows', root, { actions: ['list', 'grant'] })
  }
}

function peopleOf(scene: Scene): void {
  if (!scene.wants('entra', 'people')) return
  for (const { key, name, mail, team, title, came, left } of scene.world.company.people) {
    if (came > scene.today) continue
    const gone = left !== null && left <= scene.today
    scene.told.push({
      system: 'entra',
      slot: 'people',
      item: {
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
      },
    })
  }
}
