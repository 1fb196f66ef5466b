import { defineRule, fail, pass } from '../../sdk/index.ts'
import { at, rows } from './git-places.ts'
import { list } from './standing.ts'

export const gitKubernetesSecretInManifest = defineRule({
  id: 'git-kubernetes-secret-in-manifest',
  title: 'The values of a Kubernetes Secret stand in a manifest',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'Base64 hides nothing: who can read the repository can read the secret, and its history keeps it after it was rotated.',
  fix: [
    'Keep the values in a vault and let an operator make the Secret, or encrypt the manifest (SOPS, Sealed Secrets).',
    'Rotate them; the history has the old ones.',
  ],
  undo: 'Apply the former manifest.',
  effort: 45,
  about: { kind: 'secret', types: ['kubernetes_secret'] },
  check({ entity }) {
    const values = rows(entity.attributes['values'])
    if (values.length === 0) return pass
    return fail(
      `${entity.name} holds ${list(values.map((row) => String(row['name'])))} in the manifest.`,
      values
        .slice(0, 10)
        .map((row) => `${at(entity, row['line']).said}: the value of ${row['name']} can be read there.`),
      { places: values.map((row) => at(entity, row['line']).place) },
    )
  },
  cases: [
    {
      name: 'a password in base64',
      subject: 'git:a/kubernetes/./Secret/web/db',
      entities: [
        {
          kind: 'secret',
          type: 'kubernetes_secret',
          key: 'git:a/kubernetes/./Secret/web/db',
          name: 'web/db',
          attributes: { file: 'secret.yaml', line: 2, values: [{ name: 'password', line: 7 }] },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'encrypted values',
      subject: 'git:a/kubernetes/./Secret/web/db',
      entities: [
        {
          kind: 'secret',
          type: 'kubernetes_secret',
          key: 'git:a/kubernetes/./Secret/web/db',
          name: 'web/db',
          attributes: { file: 'secret.yaml', line: 2, values: [] },
        },
      ],
      expect: 'pass',
    },
  ],
})
