import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { readWorkflow, type Workflow } from './github-workflow.ts'
import { MADE_PER_JOB, pipelineLog } from './pipelines.ts'
import { shortKey } from './place-names.ts'
import { fileLedger, texts } from './texts.ts'

/** In a repository only those at its top are ever run. */
const isWorkflow = ({ repository }: Checkout, path: string): boolean =>
  /(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/.test(path) && (path.startsWith('.') || repository === null)

/** Workflows of GitHub Actions, Gitea and Forgejo: what they may do, which secrets they take, which clouds trust them. */
export const githubWorkflows: Collection<Checkout> = {
  id: 'github-workflows',
  title: 'GitHub Actions workflows',
  yields: ['github_workflow', 'github_actions_token', 'ci_secret', 'ci_oidc_trust'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const owner = checkout.name.includes('/') ? checkout.name.split('/')[0]! : null
    const ledger = fileLedger(run)
    const log = pipelineLog(checkout, 'github')
    for await (const { path, text } of texts(checkout, run, (path) => isWorkflow(checkout, path))) {
      const workflow = readWorkflow(text, owner)
      if ('skipped' in workflow) ledger.refuse(path, workflow.skipped)
      else yield* describe(checkout, path, workflow, log)
    }
    yield* log.items()
  },
}

function* describe(
  checkout: Checkout,
  file: string,
  workflow: Workflow,
  log: ReturnType<typeof pipelineLog>,
): Generator<Entity | Edge> {
  const key = shortKey(`${checkout.key}/workflow/${file}`)
  const token = shortKey(`${key}/token`)
  yield {
    kind: 'workload',
    type: 'github_workflow',
    key,
    name: workflow.name || file,
    aliases: [file],
    attributes: {
      file,
      repository: checkout.name,
      triggers: workflow.triggers,
      permissions: workflow.permissions,
      permissionsLine: workflow.permissionsLine,
      jobs: workflow.jobs.slice(0, 100),
      jobCount: workflow.jobs.length,
      unpinned: workflow.unpinned.slice(0, 100),
      injections: workflow.injections.slice(0, 100),
      strangerCheckouts: workflow.strangerCheckouts.slice(0, 100),
      selfHosted: workflow.selfHosted.slice(0, 100),
      inherits: workflow.inherits.slice(0, 100),
    },
  }
  yield { from: checkout.key, verb: 'contains', to: key }
  yield {
    kind: 'credential',
    type: 'github_actions_token',
    key: token,
    name: `GITHUB_TOKEN of ${workflow.name || file}`,
    ...MADE_PER_JOB,
    attributes: {
      repository: checkout.name,
      file,
      permissions: workflow.permissions,
      environments: environments(workflow),
    },
  }
  yield { from: key, verb: 'uses', to: token }
  yield { from: checkout.key, verb: 'contains', to: token }
  for (const use of workflow.secrets) {
    if (use.name !== 'GITHUB_TOKEN' && use.name !== '*') log.secret({ ...use, pipeline: key, file })
  }
  for (const federation of workflow.federations) log.federation({ ...federation, pipeline: key, file })
}

const environments = (workflow: Workflow): string[] =>
  [...new Set(workflow.jobs.flatMap(({ environment }) => environment ?? []))].slice(0, 50)
