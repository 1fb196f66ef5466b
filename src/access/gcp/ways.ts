import type { Severity } from '../../sdk/index.ts'

export const SCOPES = ['organization', 'folder', 'project', 'serviceAccount'] as const
export type Scope = (typeof SCOPES)[number]

/** One way to more, by its first permission, as Google names it. */
export interface Way {
  id: string
  severity: Severity
  what: string
  /** Where a grant of it has an effect; what is granted below that does nothing. */
  scopes: readonly Scope[]
  /** Sets of permissions of which one, whole, is enough. */
  sets: readonly (readonly string[])[]
}

const PROJECT = ['organization', 'folder', 'project'] as const
const ACT_AS = 'iam.serviceAccounts.actAs'

const alone = (id: string, what: string, scopes: readonly Scope[] = PROJECT, severity: Severity = 'critical'): Way => ({
  id,
  severity,
  what,
  scopes,
  sets: [[id]],
})

/** Code that runs as a service account which the caller may act as; `then` are the ways to make it answer, one of which is enough. */
const runs = (id: string, what: string, also: readonly string[] = [], then: readonly string[] = []): Way => ({
  id,
  severity: 'critical',
  what: `${what} as any service account it may act as`,
  scopes: PROJECT,
  sets: (then.length === 0 ? [[]] : then.map((one) => [one])).map((end) => [id, ACT_AS, ...also, ...end]),
})

const onAccount = (id: string, what: string): Way => alone(id, what, SCOPES)

const SOURCE = 'cloudfunctions.functions.sourceCodeSet'

export const WAYS: readonly Way[] = [
  // Policies and roles.
  alone('resourcemanager.organizations.setIamPolicy', 'gives any role on the organization', ['organization']),
  alone('resourcemanager.folders.setIamPolicy', 'gives any role on a folder', ['organization', 'folder']),
  alone('resourcemanager.projects.setIamPolicy', 'gives any role on a project'),
  onAccount('iam.serviceAccounts.setIamPolicy', 'says who may act as a service account'),
  alone('iam.roles.update', 'writes any permission into a custom role that it holds'),
  alone('orgpolicy.policy.set', "lifts the organization's constraints", PROJECT, 'high'),
  // Credentials of service accounts and projects.
  onAccount('iam.serviceAccounts.getAccessToken', 'makes access tokens of a service account'),
  onAccount('iam.serviceAccounts.getOpenIdToken', 'makes identity tokens of a service account'),
  onAccount('iam.serviceAccounts.implicitDelegation', 'makes tokens of a service account through another'),
  onAccount('iam.serviceAccounts.signBlob', 'signs as a service account, which is exchanged for its token'),
  onAccount('iam.serviceAccounts.signJwt', 'signs tokens as a service account'),
  onAccount('iam.serviceAccountKeys.create', 'makes keys of a service account'),
  onAccount('iam.serviceAccountKeys.upload', 'puts a key of its own on a service account'),
  alone('storage.hmacKeys.create', 'makes storage keys of a service account', SCOPES, 'high'),
  alone('serviceusage.apiKeys.create', 'makes API keys', PROJECT, 'medium'),
  alone('serviceusage.apiKeys.list', 'reads the API keys that are there', PROJECT, 'medium'),
  alone('apikeys.keys.create', 'makes API keys', PROJECT, 'medium'),
  alone('apikeys.keys.getKeyString', 'reads the API keys that are there', PROJECT, 'medium'),
  alone('iam.workloadIdentityPoolProviders.update', 'lets an issuer of its own speak for a pool', PROJECT, 'high'),
  // Services that run code as an account of their own, which nobody is asked to act as.
  alone('cloudbuild.builds.create', 'runs a build as the account of Cloud Build'),
  alone('deploymentmanager.deployments.create', 'deploys as the account of Google APIs, an editor of the project'),
  alone('deploymentmanager.deployments.update', 'deploys as the account of Google APIs, an editor of the project'),
  // Services that run code as an account that is passed to them.
  runs(
    'cloudfunctions.functions.create',
    'runs a new function',
    [SOURCE],
    ['cloudfunctions.functions.call', 'cloudfunctions.functions.invoke', 'cloudfunctions.functions.setIamPolicy'],
  ),
  runs('cloudfunctions.functions.update', 'rewrites a function', [SOURCE]),
  runs('run.services.create', 'runs a new service', [], ['run.routes.invoke', 'run.services.setIamPolicy']),
  runs('run.services.update', 'rewrites a service of Cloud Run'),
  runs('run.jobs.create', 'runs a new job of Cloud Run', ['run.jobs.run']),
  runs('run.jobs.update', 'rewrites and runs a job of Cloud Run', ['run.jobs.run']),
  runs('compute.instances.create', 'starts a machine', [
    'compute.disks.create',
    'compute.instances.setMetadata',
    'compute.instances.setServiceAccount',
    'compute.subnetworks.use',
    'compute.subnetworks.useExternalIp',
  ]),
  runs('cloudscheduler.jobs.create', 'calls any API at a set time', ['cloudscheduler.locations.list']),
  runs('cloudscheduler.jobs.update', 'rewrites a call at a set time'),
  runs('dataflow.jobs.create', 'runs a pipeline'),
  runs('dataproc.clusters.create', 'starts a cluster'),
  runs('composer.environments.create', 'starts an Airflow environment'),
  runs('notebooks.instances.create', 'starts a notebook'),
  runs('aiplatform.customJobs.create', 'runs a training job'),
  runs('batch.jobs.create', 'runs a batch job'),
  runs('appengine.versions.create', 'deploys an application'),
  runs('workflows.workflows.create', 'runs a workflow', ['workflows.executions.create']),
  runs('workflows.workflows.update', 'rewrites and runs a workflow', ['workflows.executions.create']),
  // Machines that run already.
  runs('compute.instances.setMetadata', 'enters a machine, which runs'),
  runs('compute.projects.setCommonInstanceMetadata', 'enters every machine of the project, which run'),
]
