import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { at, rows } from './git-places.ts'
import { list, nameOf } from './standing.ts'

export const gitKubernetesRoleWide = defineRule({
  id: 'git-kubernetes-role-wide',
  title: 'A manifest gives a service account far more than its work needs',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'A pod with this account that is broken into is the cluster: it reads the secrets of others, or gives itself what it lacks.',
  fix: [
    'Name the resources and verbs that the program calls; its audit log shows them.',
    'Use a Role in its namespace instead of a ClusterRole.',
    'Take away secrets, escalate, bind and impersonate unless that is its very work.',
  ],
  undo: 'Apply the former role again.',
  effort: 45,
  about: { kind: 'entitlement', types: ['kubernetes_role'] },
  along: { holders: ['<has'] },
  check({ entity, along }) {
    const dangers = rows(entity.attributes['dangers'])
    if (dangers.length === 0) {
      const missing = entity.unknowns?.['dangers']
      return missing ? unknown(missing.reason) : pass
    }
    const holders = along.holders!
    if (holders.length === 0) return notApplicable('no service account is given it here')
    const cluster =
      entity.attributes['cluster'] === true && holders.some(({ edge }) => edge.attributes?.['namespace'] === null)
    const everything = dangers.some((row) => String(row['says']).startsWith('may do anything to everything'))
    return fail(
      `${list([...new Set(holders.map(nameOf))])} ${dangers[0]!['says']}${cluster ? ', in the whole cluster' : ''}.`,
      [
        ...dangers.slice(0, 10).map((row) => `${at(entity, row['line']).said}: ${entity.name} ${row['says']}.`),
        ...holders
          .slice(0, 5)
          .map(
            ({ edge, ...holder }) =>
              `${edge.attributes?.['file'] ?? ''}:${edge.attributes?.['line'] ?? ''}: it is given to ${nameOf({ edge, ...holder })}.`,
          ),
      ],
      {
        severity: cluster && everything ? 'critical' : cluster ? 'high' : everything ? 'medium' : 'low',
        places: dangers.map((row) => at(entity, row['line']).place),
      },
    )
  },
  cases: [
    {
      name: 'cluster-admin for an operator',
      subject: 'git:a/kubernetes/./ClusterRole/*/cluster-admin',
      entities: [
        {
          kind: 'entitlement',
          type: 'kubernetes_role',
          key: 'git:a/kubernetes/./ClusterRole/*/cluster-admin',
          name: 'cluster-admin',
          attributes: {
            file: 'rbac.yaml',
            line: 9,
            cluster: true,
            dangers: [{ says: 'may do anything to everything', line: 12 }],
          },
        },
        {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key: 'git:a/kubernetes/./ServiceAccount/ops/deployer',
          name: 'ops/deployer',
        },
      ],
      edges: [
        {
          from: 'git:a/kubernetes/./ServiceAccount/ops/deployer',
          verb: 'has',
          to: 'git:a/kubernetes/./ClusterRole/*/cluster-admin',
          attributes: { namespace: null, file: 'rbac.yaml', line: 9 },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'a wide role that nobody has',
      subject: 'git:a/kubernetes/./ClusterRole/*/all',
      entities: [
        {
          kind: 'entitlement',
          type: 'kubernetes_role',
          key: 'git:a/kubernetes/./ClusterRole/*/all',
          name: 'all',
          attributes: {
            file: 'rbac.yaml',
            line: 9,
            cluster: true,
            dangers: [{ says: 'may read all secrets', line: 12 }],
          },
        },
      ],
      expect: 'not-applicable',
    },
    {
      name: 'a narrow role',
      subject: 'git:a/kubernetes/./Role/web/reader',
      entities: [
        {
          kind: 'entitlement',
          type: 'kubernetes_role',
          key: 'git:a/kubernetes/./Role/web/reader',
          name: 'reader',
          attributes: { file: 'rbac.yaml', line: 9, dangers: [] },
        },
      ],
      expect: 'pass',
    },
    {
      name: 'a role that is declared elsewhere',
      subject: 'git:a/kubernetes/./ClusterRole/*/other',
      entities: [
        {
          kind: 'entitlement',
          type: 'kubernetes_role',
          key: 'git:a/kubernetes/./ClusterRole/*/other',
          name: 'other',
          attributes: { dangers: [] },
          unknowns: { dangers: { reason: 'the role is not declared in this repository' } },
        },
      ],
      expect: 'unknown',
    },
  ],
})
