import type { Collection, Edge, Entity, Key } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { isSecretName } from './dockerfile.ts'
import { readJenkinsfile } from './groovy.ts'
import { pipelineLog } from './pipelines.ts'
import { isSample, shortKey } from './place-names.ts'
import { fileLedger, type Text, texts } from './texts.ts'
import { stringsIn } from './workflow-expressions.ts'
import { isTable, list, readYaml, strings, table, type YamlDocument } from './yaml-lines.ts'

const isJenkinsfile = (path: string): boolean => /(^|\/)Jenkinsfile([.-][\w.-]+)?$|\.jenkinsfile$/i.test(path)
const YAML_PIPELINES: { isNamed: (path: string) => boolean; type: string; platform: string }[] = [
  {
    isNamed: (path) => /(^|\/)azure-pipelines[\w.-]*\.ya?ml$|^\.azure-?pipelines\/.+\.ya?ml$/i.test(path),
    type: 'azure_pipeline',
    platform: 'azure-devops',
  },
  { isNamed: (path) => /^\.circleci\/config\.ya?ml$/.test(path), type: 'circleci_pipeline', platform: 'circleci' },
  { isNamed: (path) => /^bitbucket-pipelines\.ya?ml$/.test(path), type: 'bitbucket_pipeline', platform: 'bitbucket' },
]

/** Jenkins: the credentials that a Jenkinsfile binds, by the id under which Jenkins keeps them. */
export const jenkinsPipelines: Collection<Checkout> = {
  id: 'jenkins-pipelines',
  title: 'Jenkinsfiles',
  yields: ['jenkins_pipeline', 'ci_secret'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const log = pipelineLog(checkout, 'jenkins')
    const isNamed = (path: string) => isJenkinsfile(path) && !isSample(path.slice(checkout.prefix.length))
    for await (const file of texts(checkout, run, isNamed, { most: 1 << 20, quiet: true })) {
      const { credentials, agents, libraries } = readJenkinsfile(file.text)
      const key = shortKey(`${checkout.key}/pipeline/${file.path}`)
      yield {
        kind: 'workload',
        type: 'jenkins_pipeline',
        key,
        name: file.path,
        attributes: { file: file.path, repository: checkout.name, agents, libraries },
      }
      yield { from: checkout.key, verb: 'contains', to: key }
      for (const { id, line, variable } of credentials.slice(0, 1000)) {
        log.secret({
          name: id,
          environment: null,
          pipeline: key,
          file: file.path,
          line,
          job: variable ?? '',
          cloudKey: cloudOf(variable ?? ''),
        })
      }
    }
    yield* log.items()
  },
}

/** Azure Pipelines, CircleCI and Bitbucket: the secret variables that their scripts name. */
export const otherPipelines: Collection<Checkout> = {
  id: 'other-pipelines',
  title: 'Azure Pipelines, CircleCI and Bitbucket',
  yields: [...YAML_PIPELINES.map(({ type }) => type), 'ci_secret', 'ci_service_connection'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const ledger = fileLedger(run)
    const logs = YAML_PIPELINES.map(({ platform }) => pipelineLog(checkout, platform))
    const connections = new Set<Key>()
    for await (const file of texts(checkout, run, (path) => YAML_PIPELINES.some(({ isNamed }) => isNamed(path)), {
      most: 1 << 20,
      quiet: true,
    })) {
      const read = readYaml(file.text)
      if ('skipped' in read) {
        ledger.refuse(file.path, read.skipped)
        continue
      }
      const at = YAML_PIPELINES.findIndex(({ isNamed }) => isNamed(file.path))
      const document = read.documents[0]
      if (document && isTable(document.value))
        yield* describe(checkout, file, document, YAML_PIPELINES[at]!.type, logs[at]!, connections)
    }
    for (const log of logs) yield* log.items()
  },
}

function* describe(
  checkout: Checkout,
  file: Text,
  document: YamlDocument,
  type: string,
  log: ReturnType<typeof pipelineLog>,
  connections: Set<Key>,
): Generator<Entity | Edge> {
  const root = table(document.value)
  const key = shortKey(`${checkout.key}/pipeline/${file.path}`)
  const contexts = new Set<string>()
  const seen = new Set<string>()
  const use = (name: string, path: readonly (string | number)[]) => {
    if (seen.has(name) || seen.size > 1000) return
    seen.add(name)
    log.secret({
      name,
      environment: null,
      pipeline: key,
      file: file.path,
      line: document.line(path),
      job: String(path[1] ?? ''),
      cloudKey: cloudOf(name),
    })
  }
  const named: { name: string; path: (string | number)[] }[] = []
  for (const { text: written, path } of stringsIn(root)) {
    // `$(name)` of Azure's, `$NAME` of the others.
    const found =
      type === 'azure_pipeline'
        ? written.matchAll(/\$\(([A-Za-z_][\w.-]{0,100})\)/g)
        : written.matchAll(/\$\{?([A-Za-z_]\w{0,100})/g)
    for (const match of found)
      if (isSecretName(match[1]!) && !/^System\.|^BITBUCKET_(?!.*(SECRET|PASSWORD))|^CIRCLE_/i.test(match[1]!))
        use(match[1]!, path)
    const last = path.at(-1)
    if (
      /^(azureSubscription|connectedServiceName\w*|awsCredentials|kubernetesServiceConnection|dockerRegistryEndpoint|containerRegistry)$/.test(
        String(last),
      )
    )
      named.push({ name: written, path })
    if (path.at(-2) === 'context' || last === 'context') contexts.add(written)
  }
  yield {
    kind: 'workload',
    type,
    key,
    name: file.path,
    attributes: {
      file: file.path,
      repository: checkout.name,
      contexts: [...contexts].slice(0, 50),
      groups: groupsOf(root).slice(0, 50),
    },
  }
  yield { from: checkout.key, verb: 'contains', to: key }
  for (const { name, path } of named.slice(0, 200)) {
    if (/[$]/.test(name)) continue
    const connection = shortKey(`${checkout.key}/service-connection/${name}`)
    if (!connections.has(connection)) {
      connections.add(connection)
      yield {
        kind: 'secret',
        type: 'ci_service_connection',
        key: connection,
        name,
        attributes: { repository: checkout.name, file: file.path, line: document.line(path), platform: 'azure-devops' },
      }
      yield { from: checkout.key, verb: 'contains', to: connection }
      yield { from: key, verb: 'uses', to: connection }
    }
  }
}

/** Variable groups of Azure's, where a library keeps its secrets. */
const groupsOf = (root: Record<string, unknown>): string[] =>
  list(root['variables']).flatMap((variable) => strings(table(variable)['group']))

const cloudOf = (name: string): string | null =>
  /AWS_SECRET_ACCESS_KEY|AWS_ACCESS_KEY_ID/.test(name)
    ? 'aws'
    : /(ARM|AZURE)_CLIENT_SECRET/.test(name)
      ? 'azure'
      : /GOOGLE_(APPLICATION_)?CREDENTIALS|GCLOUD_SERVICE_KEY|GCP_SA_KEY/.test(name)
        ? 'gcp'
        : null
