import type { Edge, Entity } from '../../sdk/index.ts'
import { accessKeyKey } from './arn.ts'
import { firstOf, type Place } from './place.ts'

/**
 * Secrets that stand in plain sight in the environment of a workload, as places that hold a credential. No value leaves: a
 * fingerprint does, by which the same credential is recognised elsewhere.
 */
export function variablesOf(
  place: Place,
  type: string,
  workload: { key: string; name: string },
  variables: Record<string, string> = {},
): Iterable<Entity | Edge> {
  return firstOf(place.described, found(place, type, workload, variables))
}

function* found(
  { run, account, region }: Place,
  type: string,
  workload: { key: string; name: string },
  variables: Record<string, string>,
): Generator<Entity | Edge> {
  const names = Object.keys(variables)
  // One variable a line, as in an .env file: the names are half of what tells a secret.
  const text = names.map((name) => `${name}=${(variables[name] ?? '').replaceAll(/[\r\n]/g, ' ')}`).join('\n')
  for (const one of run.scan(new TextEncoder().encode(text), { file: '.env' })) {
    const fingerprint = run.fingerprint(one.value)
    const variable = names[one.line - 1] ?? 'environment'
    const told = {
      detector: one.detector,
      provider: one.provider,
      redacted: one.redacted,
      severity: one.severity,
      ...(one.keyId !== undefined && { keyId: one.keyId }),
    }
    const credential = `credential:${fingerprint}`
    const key = `${workload.key}#${variable}`
    yield {
      kind: 'credential',
      type: 'secret_value',
      key: credential,
      name: one.keyId === undefined ? one.title : `${one.title} ${one.keyId}`,
      method: one.method,
      fingerprint,
      ...(one.keyId !== undefined && { aliases: [one.keyId] }),
      attributes: told,
    }
    yield {
      kind: 'secret',
      type,
      key,
      name: `${variable} of ${workload.name}`,
      fingerprint,
      attributes: { ...told, title: one.title, account: account.id, region, variable },
    }
    yield { from: key, verb: 'holds', to: credential }
    if (one.provider === 'aws' && one.keyId !== undefined)
      yield { from: key, verb: 'holds', to: accessKeyKey(one.keyId) }
    yield { from: workload.key, verb: 'uses', to: key }
  }
}
