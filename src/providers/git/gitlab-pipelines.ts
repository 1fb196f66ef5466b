import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { isSecretName } from './dockerfile.ts'
import { MADE_PER_JOB, pipelineLog } from './pipelines.ts'
import { shortKey } from './place-names.ts'
import { fileLedger, texts } from './texts.ts'
import { stringsIn } from './workflow-expressions.ts'
import { isTable, list, readYaml, strings, type Table, table, text, type YamlDocument } from './yaml-lines.ts'

const isPipeline = (path: string): boolean =>
  /(^|\/)\.gitlab-ci\.ya?ml$|\.gitlab-ci\.ya?ml$|^\.gitlab\/ci\/.+\.ya?ml$/.test(path)

/** Words at the top of the file that are no jobs. */
const NOT_JOBS = new Set([
  'image',
  'services',
  'stages',
  'types',
  'before_script',
  'after_script',
  'variables',
  'cache',
  'include',
  'default',
  'workflow',
  'spec',
  'pages:deploy',
])

/** Pipelines of GitLab: secret variables, id tokens, includes from elsewhere. */
export const gitlabPipelines: Collection<Checkout> = {
  id: 'gitlab-pipelines',
  title: 'GitLab CI pipelines',
  yields: ['gitlab_pipeline', 'gitlab_job_token', 'ci_secret', 'ci_oidc_trust'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const ledger = fileLedger(run)
    const log = pipelineLog(checkout, 'gitlab')
    for await (const file of texts(checkout, run, isPipeline, { quiet: true })) {
      const read = readYaml(file.text)
      if ('skipped' in read) ledger.refuse(file.path, read.skipped)
      // A component begins with a document of its inputs.
      else for (const document of read.documents.slice(-1)) yield* describe(checkout, file.path, document, log)
    }
    yield* log.items()
  },
}

function* describe(
  checkout: Checkout,
  file: string,
  document: YamlDocument,
  log: ReturnType<typeof pipelineLog>,
): Generator<Entity | Edge> {
  if (!isTable(document.value)) return
  const root = document.value
  const key = shortKey(`${checkout.key}/pipeline/${file}`)
  const jobs = Object.entries(root).filter((job): job is [string, Table] => !NOT_JOBS.has(job[0]) && isTable(job[1]))
  const unpinned = includes(root, document)
  yield {
    kind: 'workload',
    type: 'gitlab_pipeline',
    key,
    name: file,
    attributes: {
      file,
      repository: checkout.name,
      jobs: jobs.slice(0, 100).map(([id, job]) => ({
        id,
        line: document.line([id]),
        environment: environmentOf(job),
        tags: strings(job['tags']).slice(0, 20),
      })),
      jobCount: jobs.length,
      unpinned,
    },
  }
  yield { from: checkout.key, verb: 'contains', to: key }
  const token = shortKey(`${key}/token`)
  yield {
    kind: 'credential',
    type: 'gitlab_job_token',
    key: token,
    name: `CI_JOB_TOKEN of ${file}`,
    ...MADE_PER_JOB,
    attributes: {
      repository: checkout.name,
      file,
      environments: [...new Set(jobs.flatMap(([, job]) => environmentOf(job) ?? []))].slice(0, 50),
    },
  }
  yield { from: key, verb: 'uses', to: token }
  yield { from: checkout.key, verb: 'contains', to: token }
  const defined = new Set(
    Object.entries(table(root['variables'])).flatMap(([name, value]) =>
      text(isTable(value) ? value['value'] : value) ? [name] : [],
    ),
  )
  for (const [id, job] of jobs.slice(0, 1000)) {
    const environment = environmentOf(job)
    const own = new Set(Object.keys({ ...table(job['variables']), ...table(job['id_tokens']) }))
    const seen = new Set<string>()
    for (const { text: script, path } of stringsIn({
      variables: job['variables'],
      script: job['script'],
      before_script: job['before_script'],
      after_script: job['after_script'],
      image: job['image'],
      services: job['services'],
    })) {
      for (const match of script.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)) {
        const name = match[1]!
        if (
          seen.has(name) ||
          !isSecretName(name) ||
          /^(CI_|GITLAB_)(?!.*(SECRET|PRIVATE))/.test(name) ||
          own.has(name) ||
          defined.has(name)
        )
          continue
        seen.add(name)
        log.secret({
          name,
          environment,
          pipeline: key,
          file,
          line: document.line([id, ...path]),
          job: id,
          cloudKey: /^AWS_(SECRET_ACCESS_KEY|ACCESS_KEY_ID)$/.test(name)
            ? 'aws'
            : /^ARM_CLIENT_SECRET$|^AZURE_CLIENT_SECRET$/.test(name)
              ? 'azure'
              : /^(GCP_SA_KEY|GOOGLE_CREDENTIALS|GCLOUD_SERVICE_KEY|GCP_CREDENTIALS)$/.test(name)
                ? 'gcp'
                : null,
        })
      }
    }
    for (const name of Object.keys(table(job['secrets'])))
      log.secret({
        name,
        environment,
        pipeline: key,
        file,
        line: document.line([id, 'secrets', name]),
        job: id,
        cloudKey: null,
      })
    const tokens = Object.keys(table(job['id_tokens']))
    if (tokens.length === 0) continue
    const scripts = [...stringsIn([job['script'], job['before_script'], job['variables'], root['variables']])]
      .map((found) => found.text)
      .join('\n')
    const role = /arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+/.exec(scripts)?.[0]
    const pool =
      /(?:\/\/iam\.googleapis\.com\/)?(projects\/\d+\/locations\/global\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+)/.exec(
        scripts,
      )?.[1]
    const account = /[a-z0-9-]+@[a-z0-9-]+\.iam\.gserviceaccount\.com/.exec(scripts)?.[0] ?? null
    const audience = strings(table(table(job['id_tokens'])[tokens[0]!])['aud'])[0] ?? 'anybody'
    log.federation({
      cloud: role ? 'aws' : pool ? 'gcp' : 'vault',
      target: role ?? pool ?? audience,
      account: pool ? account : null,
      job: id,
      environment,
      line: document.line([id, 'id_tokens']),
      pipeline: key,
      file,
    })
  }
}

const environmentOf = (job: Table): string | null =>
  text(job['environment']) ?? text(table(job['environment'])['name']) ?? null

/** What is taken in from elsewhere at a moving reference runs with every variable of the project. */
function includes(root: Table, document: YamlDocument) {
  return list(root['include'])
    .slice(0, 200)
    .flatMap((item, at) => {
      const line = document.line(Array.isArray(root['include']) ? ['include', at] : ['include'])
      const entry = isTable(item) ? item : /^https?:\/\//.test(text(item) ?? '') ? { remote: item } : {}
      const remote = text(entry['remote'])
      if (remote && entry['integrity'] === undefined) return [{ uses: remote, line, job: '', secrets: ['*'] }]
      const project = text(entry['project'])
      if (project && !/^[0-9a-f]{40}$/.test(text(entry['ref']) ?? ''))
        return [
          {
            uses: `${project}@${text(entry['ref']) ?? 'its default branch'}`,
            line,
            job: '',
            secrets: ['*'],
            sameServer: true,
          },
        ]
      const component = text(entry['component'])
      if (component && !/@[0-9a-f]{40}$/.test(component))
        return [{ uses: component, line, job: '', secrets: ['*'], sameServer: component.includes('CI_SERVER_FQDN') }]
      return []
    })
}
