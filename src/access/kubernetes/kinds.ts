import type { Severity } from '../../sdk/index.ts'
import type { Power } from './permits.ts'

/**
 * Where a kind counts. Cluster-wide is in every namespace, so also in those whose pods and accounts hold the cluster (`privileged`);
 * `ordinary` are the others, held by themselves.
 */
export type Where = 'cluster' | 'privileged' | 'kube-system' | 'ordinary' | 'anywhere'

export interface RiskKind {
  /** As the field calls it, where it has a word for it (those of rbac-police). */
  id: string
  severity: Severity
  what: string
  where: Where
  /** One power of each list is needed, all lists together. */
  needs: readonly (readonly Power[])[]
}

const change = ['update', 'patch'] as const
const write = ['create', ...change] as const
const read = ['get', 'list', 'watch'] as const

const core = (resource: string, verbs: readonly string[], more: Partial<Power> = {}): Power => ({
  group: '',
  resources: [resource],
  verbs,
  ...more,
})
const node = (resource: string, verbs: readonly string[]): Power => core(resource, verbs, { clusterWide: true })
const rbac = (resources: readonly string[], verbs: readonly string[], more: Partial<Power> = {}): Power => ({
  group: 'rbac.authorization.k8s.io',
  resources,
  verbs,
  ...more,
})
const certificate = (resource: string, verbs: readonly string[], named?: Power['named']): Power => ({
  group: 'certificates.k8s.io',
  resources: [resource],
  verbs,
  clusterWide: true,
  ...(named && { named }),
})

/** Signers whose certificates the API server takes as names of clients. */
const CLIENT_SIGNERS = [
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/*',
] as const

const execInto = core('pods/exec', ['create'])
const changePods = core('pods', change)

/** Any one controller will do: its template may name every service account of its namespace. */
const runPods: readonly Power[] = [
  core('pods', ['create']),
  core('replicationcontrollers', write, { named: 'any' }),
  {
    group: 'apps',
    resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'],
    verbs: write,
    named: 'any',
  },
  { group: 'batch', resources: ['jobs', 'cronjobs'], verbs: write, named: 'any' },
]

const requestToken = core('serviceaccounts/token', ['create'])
const bindRole = rbac(['roles', 'clusterroles'], ['bind'], { named: ['cluster-admin'] })
const escalateRole = rbac(['roles'], ['escalate'], { named: 'any' })

/** What each power is worth. All is said in primitive powers, so that wildcards and parts of resources fall out by themselves. */
export const RISK_KINDS: readonly RiskKind[] = [
  {
    id: 'cluster_admin',
    severity: 'critical',
    what: 'does everything with every resource',
    where: 'cluster',
    needs: [[core('*', ['*'])]],
  },
  {
    id: 'approve_csrs',
    severity: 'critical',
    what: 'asks for a client certificate and approves it, in the name of an administrator',
    where: 'cluster',
    needs: [
      [certificate('certificatesigningrequests', ['create'])],
      [certificate('certificatesigningrequests/approval', change)],
      [certificate('signers', ['approve'], CLIENT_SIGNERS)],
    ],
  },
  {
    id: 'assign_sa',
    severity: 'critical',
    what: 'starts pods as a powerful service account',
    where: 'privileged',
    needs: [runPods],
  },
  {
    id: 'token_request',
    severity: 'critical',
    what: 'makes tokens of powerful service accounts',
    where: 'privileged',
    needs: [[requestToken]],
  },
  {
    id: 'retrieve_token_secrets',
    severity: 'critical',
    what: 'reads secrets, with tokens of powerful service accounts where the cluster keeps such',
    where: 'privileged',
    needs: [[core('secrets', read)]],
  },
  {
    id: 'issue_token_secrets',
    severity: 'critical',
    what: 'writes secrets, which makes the cluster issue tokens of powerful service accounts',
    where: 'privileged',
    needs: [[core('secrets', write)]],
  },
  {
    id: 'impersonate',
    severity: 'critical',
    what: 'acts as another user, group or service account',
    where: 'anywhere',
    needs: [
      [
        core('users', ['impersonate'], { clusterWide: true, named: ['system:admin', 'kubernetes-admin', 'admin'] }),
        core('groups', ['impersonate'], { clusterWide: true, named: ['system:masters'] }),
        core('serviceaccounts', ['impersonate']),
        {
          group: 'authentication.k8s.io',
          resources: ['userextras', 'uids'],
          verbs: ['impersonate'],
          clusterWide: true,
        },
      ],
    ],
  },
  {
    id: 'escalate_roles',
    severity: 'critical',
    what: 'writes more into a role than it holds itself',
    where: 'privileged',
    needs: [[escalateRole, rbac(['clusterroles'], ['escalate'], { clusterWide: true, named: 'any' })]],
  },
  {
    id: 'bind_roles',
    severity: 'critical',
    what: 'gives roles that it does not hold itself',
    where: 'privileged',
    // The API server asks for bind on the role. Written on the binding it does nothing there, and shows what was meant to be given.
    needs: [[bindRole, rbac(['rolebindings', 'clusterrolebindings'], ['bind'])]],
  },
  {
    id: 'eks_modify_aws_auth',
    severity: 'critical',
    what: 'on EKS, writes who of AWS is an administrator (aws-auth)',
    where: 'kube-system',
    needs: [[core('configmaps', change, { named: ['aws-auth'] })]],
  },
  {
    id: 'control_webhooks',
    severity: 'high',
    what: 'reads and changes every object on its way in, by an admission webhook',
    where: 'cluster',
    needs: [
      [
        {
          group: 'admissionregistration.k8s.io',
          resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
          verbs: write,
          clusterWide: true,
          named: 'any',
        },
      ],
    ],
  },
  {
    id: 'modify_pods',
    severity: 'high',
    what: 'changes what powerful pods run',
    where: 'privileged',
    needs: [[changePods]],
  },
  {
    id: 'pods_exec',
    severity: 'high',
    what: 'runs commands in powerful pods',
    where: 'privileged',
    needs: [[execInto]],
  },
  {
    id: 'pods_exec_by_get',
    severity: 'high',
    what: 'runs commands in powerful pods by a websocket, where the API server asks no more for it than get',
    where: 'privileged',
    needs: [[core('pods/exec', ['get'])]],
  },
  {
    id: 'pods_attach',
    severity: 'high',
    what: 'types into what runs in powerful pods',
    where: 'privileged',
    needs: [[core('pods/attach', ['create'])]],
  },
  {
    id: 'pods_ephemeral_ctrs',
    severity: 'high',
    what: 'adds a container to pods of others',
    where: 'anywhere',
    needs: [[core('pods/ephemeralcontainers', change)]],
  },
  {
    id: 'nodes_proxy',
    severity: 'high',
    what: 'runs commands in every pod of a node, by its kubelet',
    where: 'cluster',
    needs: [[node('nodes/proxy', ['create'])]],
  },
  {
    id: 'nodes_proxy_by_get',
    severity: 'high',
    what: 'runs commands in every pod of a node by a websocket to its kubelet, which asks no more for it than get',
    where: 'cluster',
    needs: [[node('nodes/proxy', ['get'])]],
  },
  {
    id: 'steal_pods',
    severity: 'high',
    what: 'drives powerful pods from their nodes, and to one that was taken',
    where: 'cluster',
    needs: [
      [
        core('pods', ['delete', 'deletecollection', ...change]),
        core('pods/eviction', ['create']),
        core('pods/status', change),
        node('nodes', ['delete', 'deletecollection']),
      ],
      [node('nodes', change), node('nodes/status', change)],
    ],
  },
  {
    id: 'bind_roles_weak_ns',
    severity: 'medium',
    what: 'gives roles in its namespace that it does not hold itself',
    where: 'ordinary',
    needs: [[bindRole], [rbac(['rolebindings'], write, { named: 'any' })]],
  },
  {
    id: 'escalate_roles_weak_ns',
    severity: 'medium',
    what: 'writes more into the roles of its namespace than it holds itself',
    where: 'ordinary',
    needs: [[escalateRole], [rbac(['roles'], change, { named: 'any' })]],
  },
  {
    id: 'rce_weak_ns',
    severity: 'medium',
    what: 'runs code in the pods of its namespace',
    where: 'ordinary',
    needs: [[execInto, changePods]],
  },
  {
    id: 'list_secrets',
    severity: 'medium',
    what: 'lists the secrets of all namespaces, with what they hold',
    where: 'cluster',
    needs: [[core('secrets', ['list', 'watch'])]],
  },
  {
    id: 'modify_service_status_cve_2020_8554',
    severity: 'medium',
    what: 'draws traffic of the cluster by the status of a service (CVE-2020-8554)',
    where: 'anywhere',
    needs: [[core('services/status', change)]],
  },
  {
    id: 'obtain_token_weak_ns',
    severity: 'low',
    what: 'takes the service accounts of its namespace',
    where: 'ordinary',
    // A change of a secret answers with all of it.
    needs: [[requestToken, core('secrets', [...read, ...change]), ...runPods]],
  },
  {
    id: 'modify_nodes',
    severity: 'low',
    what: 'steers where pods run, by labels and taints of nodes',
    where: 'cluster',
    needs: [[node('nodes', change)]],
  },
  {
    id: 'modify_node_status',
    severity: 'low',
    what: 'steers where pods run, by the status of nodes',
    where: 'cluster',
    needs: [[node('nodes/status', change)]],
  },
  {
    id: 'modify_pod_status',
    severity: 'low',
    what: 'draws traffic of services by the status of a pod',
    where: 'anywhere',
    needs: [[core('pods/status', change)]],
  },
]
