/** What the identities of the crowd are called, at their source and by people. */
import type { Environment } from '../../sdk/index.ts'
import type { Service } from './company.ts'
import type { SystemId } from './patterns.ts'
import { environmentWord, type World } from './scene.ts'
import type { System } from './systems.ts'

const JOBS =
  'api worker exporter sync reader importer notifier deployer indexer gateway scheduler archiver mailer reconciler'.split(
    ' ',
  )

export function nativeOf(
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

export function nameOf(
  { chance }: World,
  id: SystemId,
  service: Service,
  environment: Environment,
  number: number,
): string {
  const job = chance.of(JOBS, 'job', number)
  const suffix = `${environment === 'production' ? '' : `-${environmentWord(environment)}`}-${number}`
  if (id === 'iot')
    return `${chance.of(['scanner', 'gate', 'scale', 'printer', 'belt'], 'device', number)}-${chance.of(['north', 'south', 'harbour'], 'site', number)}-${number}`
  if (id === 'rpa') return `robot-${service.name}-${number}`
  if (id === 'agents')
    return `${service.name}-${chance.of(['assistant', 'triage', 'summariser', 'coder', 'planner'], 'agent', number)}-${number}`
  if (id === 'linux')
    return `svc-${service.name}-${job}@${chance.of(['web', 'db', 'batch', 'build'], 'host', number)}-eu-${number}`
  if (id === 'postgres') return `${service.name.replaceAll('-', '_')}_${job}_${number}`
  return `${service.name}-${job}${suffix}`
}
