import type { Collection, Edge, Entity, Key, Run } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { isPinnedImage, isPlaceholder, isSecretName, readDockerfile } from './dockerfile.ts'
import { environmentOfPath, isExample, shortKey } from './place-names.ts'
import { fileLedger, type Text, texts } from './texts.ts'
import { isTable, list, readYaml, strings, table, text, type YamlDocument } from './yaml-lines.ts'

const isDockerfile = (path: string): boolean =>
  /(^|\/)(Dockerfile|Containerfile)([.-][\w.-]+)?$|\.(dockerfile|containerfile)$/i.test(path) &&
  !/\.(md|txt|ya?ml|json|tmpl|sh|go|py|js|ts|dockerignore)$/i.test(path)
const isCompose = (path: string): boolean => /(^|\/)(docker-)?compose([.-][\w.-]+)?\.ya?ml$/i.test(path)

/** Images and compose services: as whom they run, which secrets they carry, how much of the host they hold. */
export const containers: Collection<Checkout> = {
  id: 'containers',
  title: 'Dockerfiles and compose files',
  yields: ['container_image', 'compose_service', 'compose_secret', 'container_secret', 'secret_value'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const ledger = fileLedger(run)
    const credentials = new Set<Key>()
    for await (const file of texts(checkout, run, (path) => isDockerfile(path) || isCompose(path), { most: 1 << 20 })) {
      if (!isCompose(file.path)) yield* describeImage(checkout, run, file, credentials)
      else {
        const read = readYaml(file.text)
        if ('skipped' in read) ledger.refuse(file.path, read.skipped)
        else
          for (const [at, document] of read.documents.entries())
            if (at === 0) yield* describeCompose(checkout, run, file.path, document, credentials)
      }
    }
  },
}

function* describeImage(
  checkout: Checkout,
  run: Run,
  { path, text: source }: Text,
  credentials: Set<Key>,
): Generator<Entity | Edge> {
  const image = readDockerfile(source)
  if (image.stages.length === 0) return
  const key = shortKey(`${checkout.key}/image/${path}`)
  const own = new Set(image.stages.flatMap(({ name }) => name?.toLowerCase() ?? []))
  yield {
    kind: 'workload',
    type: 'container_image',
    key,
    name: path,
    ...environmentAt(path),
    attributes: {
      file: path,
      repository: checkout.name,
      example: isExample(path),
      user: image.user,
      userLine: image.userLine,
      runsAsRoot: image.user === null ? null : /^(root|0)(:|$)/.test(image.user),
      base: image.stages.at(-1)!.image,
      unpinnedBases: image.stages
        .filter(({ image: base }) => !own.has(base.toLowerCase()) && !isPinnedImage(base))
        .slice(0, 50)
        .map(({ image: base, line }) => ({ image: base, line })),
      buildArguments: image.buildArguments.slice(0, 50),
      literals: image.literals.slice(0, 50).map(({ name, how, line }) => ({ name, how, line })),
    },
  }
  yield { from: checkout.key, verb: 'contains', to: key }
  for (const { name, how, line, value } of image.literals.slice(0, 200)) {
    yield* literal(
      checkout,
      run,
      {
        path,
        line,
        name: `${how} ${name}`,
        at: `${how}/${name}/${line}`,
        value,
        type: 'container_secret',
        workload: key,
      },
      credentials,
    )
  }
}

const environmentAt = (path: string) => {
  const environment = environmentOfPath(path)
  return environment ? { environment } : {}
}

interface Literal {
  path: string
  line: number
  name: string
  at: string
  value: string
  type: 'container_secret' | 'compose_secret'
  workload: Key
}

function* literal(checkout: Checkout, run: Run, given: Literal, credentials: Set<Key>): Generator<Entity | Edge> {
  const fingerprint = run.fingerprint(given.value)
  const credential = `credential:${fingerprint}`
  const environment = environmentOfPath(given.path)
  const key = shortKey(`${checkout.key}/${given.type}/${given.path}#${given.at}`)
  if (!credentials.has(credential)) {
    credentials.add(credential)
    yield {
      kind: 'credential',
      type: 'secret_value',
      key: credential,
      name: `value of ${given.name}`,
      method: 'password',
      fingerprint,
      attributes: { detector: 'container-setting', declaredAs: given.name },
    }
  }
  yield {
    kind: 'secret',
    type: given.type,
    key,
    name: `${given.name} in ${given.path}`,
    fingerprint,
    ...(environment ? { environment } : {}),
    attributes: {
      file: given.path,
      line: given.line,
      setting: given.name,
      example: isExample(given.path),
      repositoryName: checkout.name,
    },
  }
  yield { from: key, verb: 'holds', to: credential }
  yield { from: given.workload, verb: 'uses', to: key }
  yield { from: checkout.key, verb: 'contains', to: key }
}

function* describeCompose(
  checkout: Checkout,
  run: Run,
  path: string,
  document: YamlDocument,
  credentials: Set<Key>,
): Generator<Entity | Edge> {
  if (!isTable(document.value)) return
  const declared = table(document.value['secrets'])
  for (const [name, service] of Object.entries(table(document.value['services'])).slice(0, 500)) {
    if (!isTable(service)) continue
    const at = (...steps: (string | number)[]) => document.line(['services', name, ...steps])
    const key = shortKey(`${checkout.key}/compose/${path}/${name}`)
    const volumes = list(service['volumes']).flatMap((volume) =>
      isTable(volume) ? (text(volume['source']) ?? []) : strings(volume),
    )
    const settings = environmentOf(service['environment'])
    const literals = settings.filter((setting) => isSecretName(setting.name) && !isPlaceholder(setting.value))
    yield {
      kind: 'workload',
      type: 'compose_service',
      key,
      name: `${name} (${path})`,
      ...environmentAt(path),
      attributes: {
        file: path,
        line: at(),
        repository: checkout.name,
        example: isExample(path),
        image: text(service['image']) ?? null,
        user: text(service['user']) ?? null,
        privileged: service['privileged'] === true,
        privilegedLine: at('privileged'),
        hostNetwork: service['network_mode'] === 'host',
        hostProcesses: service['pid'] === 'host',
        capabilities: strings(service['cap_add']).slice(0, 50),
        runtimeSocket:
          volumes.find((volume) => /(^|\/)(docker|containerd|podman|crio)\.sock(:|$)/.test(volume))?.split(':')[0] ??
          null,
        volumesLine: at('volumes'),
        hostRoot: volumes.some((volume) => /^\/:/.test(volume)),
        secretSettings: literals
          .slice(0, 50)
          .map((setting) => ({ name: setting.name, line: at('environment', setting.step) })),
      },
    }
    yield { from: checkout.key, verb: 'contains', to: key }
    for (const setting of literals.slice(0, 200)) {
      const given = {
        path,
        line: at('environment', setting.step),
        name: setting.name,
        at: `${name}/${setting.name}`,
        value: setting.value,
      }
      yield* literal(checkout, run, { ...given, type: 'compose_secret', workload: key }, credentials)
    }
    for (const secret of new Set(
      list(service['secrets']).flatMap((item) => (isTable(item) ? (text(item['source']) ?? []) : strings(item))),
    )) {
      if (declared[secret] !== undefined)
        yield { from: key, verb: 'uses', to: shortKey(`${checkout.key}/compose/${path}/secret/${secret}`) }
    }
  }
  for (const [name, secret] of Object.entries(declared).slice(0, 500)) {
    const key = shortKey(`${checkout.key}/compose/${path}/secret/${name}`)
    yield {
      kind: 'secret',
      type: 'compose_secret',
      key,
      name,
      attributes: {
        file: path,
        line: document.line(['secrets', name]),
        setting: name,
        from: text(table(secret)['file']) ?? text(table(secret)['environment']) ?? null,
        repositoryName: checkout.name,
      },
    }
    yield { from: checkout.key, verb: 'contains', to: key }
  }
}

function environmentOf(value: unknown): { name: string; value: string; step: string | number }[] {
  const seen = new Set<string>()
  const settings = isTable(value)
    ? Object.entries(value).map(([name, given]) => ({ name, value: text(given) ?? '', step: name as string | number }))
    : list(value).flatMap((item, at) => {
        const match = /^([\w.]+)=(.*)$/s.exec(text(item) ?? '')
        return match ? [{ name: match[1]!, value: match[2]!, step: at as string | number }] : []
      })
  return settings.filter(({ name }) => !seen.has(name) && seen.add(name))
}
