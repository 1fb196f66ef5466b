import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { at } from './git-places.ts'
import { list, nameOf } from './standing.ts'

export const gitKubernetesSharedAccount = defineRule({
  id: 'git-kubernetes-shared-account',
  title: 'Unrelated pods share one service account',
  owasp: ['NHI9'],
  severity: 'medium',
  why: 'Each pod gets what any of them needs, and the audit log cannot tell which of them acted.',
  fix: [
    'Make a service account for each application and name it in serviceAccountName.',
    'Give each the part of the rights that it uses.',
  ],
  undo: 'Name the shared account again.',
  effort: 30,
  about: { kind: 'identity', types: ['kubernetes_service_account'] },
  along: { workloads: ['<runs-as'], rights: ['>has'], clouds: ['>assumes'] },
  check({ entity, along }) {
    const workloads = along.workloads!
    if (workloads.length === 0) return notApplicable('no pod runs as it here')
    const applications = [
      ...new Set(workloads.map(({ entity: workload, key }) => String(workload?.attributes['application'] ?? key))),
    ]
    const rights = [...along.rights!, ...along.clouds!]
    if (rights.length === 0) return pass
    const isDefault = entity.name.endsWith('/default')
    if (applications.length < 2 && !isDefault) return pass
    return fail(
      isDefault
        ? `Every pod of the namespace that names no account gets the rights of ${entity.name}.`
        : `${list(applications)} share the service account ${entity.name}.`,
      [
        ...workloads
          .slice(0, 6)
          .map(
            (workload) =>
              `${workload.entity ? at(workload.entity).said : workload.key}: ${nameOf(workload)} runs as it.`,
          ),
        `It has ${list(rights.map(nameOf))}.`,
      ],
      {
        severity: isDefault ? 'high' : 'medium',
        places: workloads.flatMap(({ entity: workload }) => (workload ? [at(workload).place] : [])),
      },
    )
  },
  cases: [
    {
      name: 'two applications with one account that has rights',
      subject: 'git:a/kubernetes/./ServiceAccount/web/shared',
      entities: [
        {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key: 'git:a/kubernetes/./ServiceAccount/web/shared',
          name: 'web/shared',
        },
        {
          kind: 'workload',
          type: 'kubernetes_workload',
          key: 'git:a/kubernetes/./Deployment/web/a',
          name: 'Deployment web/a',
          attributes: { application: 'a', file: 'a.yaml', line: 2 },
        },
        {
          kind: 'workload',
          type: 'kubernetes_workload',
          key: 'git:a/kubernetes/./Deployment/web/b',
          name: 'Deployment web/b',
          attributes: { application: 'b', file: 'b.yaml', line: 2 },
        },
        { kind: 'entitlement', type: 'kubernetes_role', key: 'git:a/kubernetes/./Role/web/reader', name: 'reader' },
      ],
      edges: [
        {
          from: 'git:a/kubernetes/./Deployment/web/a',
          verb: 'runs-as',
          to: 'git:a/kubernetes/./ServiceAccount/web/shared',
        },
        {
          from: 'git:a/kubernetes/./Deployment/web/b',
          verb: 'runs-as',
          to: 'git:a/kubernetes/./ServiceAccount/web/shared',
        },
        { from: 'git:a/kubernetes/./ServiceAccount/web/shared', verb: 'has', to: 'git:a/kubernetes/./Role/web/reader' },
      ],
      expect: 'fail',
    },
    {
      name: 'one application',
      subject: 'git:a/kubernetes/./ServiceAccount/web/own',
      entities: [
        {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key: 'git:a/kubernetes/./ServiceAccount/web/own',
          name: 'web/own',
        },
        {
          kind: 'workload',
          type: 'kubernetes_workload',
          key: 'git:a/kubernetes/./Deployment/web/a',
          name: 'Deployment web/a',
          attributes: { application: 'a' },
        },
        { kind: 'entitlement', type: 'kubernetes_role', key: 'git:a/kubernetes/./Role/web/reader', name: 'reader' },
      ],
      edges: [
        {
          from: 'git:a/kubernetes/./Deployment/web/a',
          verb: 'runs-as',
          to: 'git:a/kubernetes/./ServiceAccount/web/own',
        },
        { from: 'git:a/kubernetes/./ServiceAccount/web/own', verb: 'has', to: 'git:a/kubernetes/./Role/web/reader' },
      ],
      expect: 'pass',
    },
  ],
})
