/** How the rules about hosts point at what was found as text. */
import type { Entity, Outcome, Place } from '../../sdk/index.ts'

type Fail = Extract<Outcome, { verdict: 'fail' }>

const text = (entity: Entity, name: string): string | undefined => {
  const value = entity.attributes[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The place and the secret of an entity that says where a secret lies. */
export function evidenceOf(entity: Entity): Pick<Fail, 'places' | 'secret'> {
  const file = text(entity, 'file')
  const line = entity.attributes['line']
  const place: Place = { ...(file !== undefined && { file }), ...(typeof line === 'number' && line > 0 && { line }) }
  const keyId = text(entity, 'keyId')
  return {
    places: file === undefined ? [] : [place],
    secret: {
      detector: text(entity, 'detector') ?? 'host',
      provider: text(entity, 'provider') ?? 'generic',
      redacted: text(entity, 'redacted') ?? '****',
      ...(keyId !== undefined && { keyId }),
      ...(entity.fingerprint !== undefined && { fingerprint: entity.fingerprint }),
    },
  }
}

/** `the AWS access key AKIA…` or its title. */
export const whatOf = (entity: Entity): string => {
  const keyId = text(entity, 'keyId')
  return `${text(entity, 'title') ?? 'a secret'}${keyId === undefined ? '' : ` ${keyId}`}`
}
