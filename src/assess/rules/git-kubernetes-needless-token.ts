import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { at } from './git-places.ts'
import { nameOf } from './standing.ts'

export const gitKubernetesNeedlessToken = defineRule({
  id: 'git-kubernetes-needless-token',
  title: 'Pods get a token of the cluster that they have no use for',
  owasp: ['NHI6'],
  severity: 'low',
  why: 'The account is given no rights here, so nothing in these pods needs its token; whoever breaks into one has a login to the cluster’s API all the same, and any right given to the account later.',
  fix: ['Write automountServiceAccountToken: false in the pod or in the service account.'],
  undo: 'Take the line out again.',
  effort: 5,
  about: { kind: 'identity', types: ['kubernetes_service_account'] },
  along: { workloads: ['<runs-as'], rights: ['>has'] },
  needs: ['kubernetes_role'],
  failsOnAbsence: true,
  check({ entity, along }) {
    const mounted = along.workloads!.filter(({ entity: workload }) => workload?.attributes['tokenMounted'] === true)
    if (along.workloads!.length === 0) return notApplicable('no pod runs as it here')
    if (mounted.length === 0 || along.rights!.length > 0) return pass
    return fail(
      `${mounted.length === 1 ? `${nameOf(mounted[0]!)} gets` : `${mounted.length} workloads get`} the token of ${entity.name}, which has no rights here.`,
      mounted.slice(0, 6).map((workload) => `${at(workload.entity!).said}: ${nameOf(workload)} mounts it.`),
      { places: mounted.map(({ entity: workload }) => at(workload!).place) },
    )
  },
  cases: [
    {
      name: 'a pod with the default account',
      subject: 'git:a/kubernetes/./ServiceAccount/web/default',
      entities: [
        {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key: 'git:a/kubernetes/./ServiceAccount/web/default',
          name: 'web/default',
        },
        {
          kind: 'workload',
          type: 'kubernetes_workload',
          key: 'git:a/kubernetes/./Deployment/web/a',
          name: 'Deployment web/a',
          attributes: { tokenMounted: true, file: 'a.yaml', line: 2 },
        },
      ],
      edges: [
        {
          from: 'git:a/kubernetes/./Deployment/web/a',
          verb: 'runs-as',
          to: 'git:a/kubernetes/./ServiceAccount/web/default',
        },
      ],
      expect: 'fail',
    },
    {
      name: 'a chart that could not be read may give it rights',
      subject: 'git:a/kubernetes/./ServiceAccount/web/default',
      incomplete: ['kubernetes_role'],
      entities: [
        {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key: 'git:a/kubernetes/./ServiceAccount/web/default',
          name: 'web/default',
        },
        {
          kind: 'workload',
          type: 'kubernetes_workload',
          key: 'git:a/kubernetes/./Deployment/web/a',
          name: 'Deployment web/a',
          attributes: { tokenMounted: true, file: 'a.yaml', line: 2 },
        },
      ],
      edges: [
        {
          from: 'git:a/kubernetes/./Deployment/web/a',
          verb: 'runs-as',
          to: 'git:a/kubernetes/./ServiceAccount/web/default',
        },
      ],
      expect: 'unknown',
    },
    {
      name: 'the pod takes no token',
      subject: 'git:a/kubernetes/./ServiceAccount/web/default',
      entities: [
        {
          kind: 'identity',
          type: 'kubernetes_service_account',
          key: 'git:a/kubernetes/./ServiceAccount/web/default',
          name: 'web/default',
        },
        {
          kind: 'workload',
          type: 'kubernetes_workload',
          key: 'git:a/kubernetes/./Deployment/web/a',
          name: 'Deployment web/a',
          attributes: { tokenMounted: false },
        },
      ],
      edges: [
        {
          from: 'git:a/kubernetes/./Deployment/web/a',
          verb: 'runs-as',
          to: 'git:a/kubernetes/./ServiceAccount/web/default',
        },
      ],
      expect: 'pass',
    },
  ],
})
