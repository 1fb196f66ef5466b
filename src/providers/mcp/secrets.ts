import type { Edge, Entity, Run } from '../../sdk/index.ts'
import type { Draft } from './gather.ts'
import { databasesOf } from './grants.ts'
import { clean, isExample, keyed } from './names.ts'
import { type Estate, userKey } from './places.ts'

/** Each secret of each file once, what it opens as far as that can be told, and whose it is. */
export function* secretsOf(estate: Estate, run: Run, draft: Draft): Iterable<Entity | Edge> {
  const seen = new Map<string, string>()
  const ids = new Set(draft.literals.flatMap(({ literal }) => literal.keyId ?? []))
  for (const { literal, file, line, server } of draft.literals) {
    if (ids.has(literal.value.reveal())) continue
    const fingerprint = run.fingerprint(literal.value)
    const credential = `credential:${fingerprint}`
    const secret = keyed(
      `${estate.where.key}/agent-config${file.startsWith('/') ? '' : '/'}${file}#${fingerprint.slice(5, 21)}`,
    )
    if (!seen.has(secret)) {
      seen.set(secret, credential)
      const told = {
        detector: literal.detector,
        provider: literal.provider,
        redacted: literal.redacted,
        severity: literal.severity,
        ...(literal.keyId !== undefined && { keyId: clean(literal.keyId, 300) }),
      }
      yield {
        kind: 'credential',
        type: 'secret_value',
        key: credential,
        name: clean(literal.keyId === undefined ? literal.title : `${literal.title} ${literal.keyId}`),
        method: literal.method,
        fingerprint,
        ...(literal.keyId !== undefined && { aliases: [clean(literal.keyId, 300)] }),
        attributes: { ...told, title: literal.title },
      }
      yield {
        kind: 'secret',
        type: 'agent_config_secret',
        key: secret,
        name: clean(`${literal.title} in ${file}`),
        fingerprint,
        ...(estate.environment && { environment: estate.environment }),
        attributes: {
          ...told,
          title: literal.title,
          file: clean(file, 500),
          ...(line !== null && { line }),
          spot: literal.spot,
          client: draft.client.id,
          clientTitle: draft.client.title,
          place: estate.where.name,
          ...(estate.where.kind === 'folder' && isExample(file) && { example: true }),
        },
      }
      yield { from: secret, verb: 'holds', to: credential }
      yield { from: estate.where.key, verb: 'contains', to: secret }
      // The password of a database role is the role's, and the agent acts as that role.
      const role =
        literal.method === 'password' && server !== null ? roleOf(estate, draft, server, literal.provider) : null
      yield { from: credential, verb: 'authenticates', to: role ?? draft.key }
      if (draft.home) yield { from: userKey(estate, draft.home.user), verb: 'controls', to: secret }
    }
    if (server !== null) yield { from: server, verb: 'uses', to: secret }
  }
}

const roleOf = (estate: Estate, { servers }: Draft, key: string, system: string): string | null =>
  servers
    .filter((one) => one.key === key)
    .flatMap((one) => databasesOf(estate, one))
    .find((one) => one.system === system && one.role !== null)?.role ?? null
