import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type Collection, defineProvider, ReeveError } from '../../sdk/index.ts'
import { type Checkout, openCheckout } from './checkout.ts'
import { cloudformation } from './cloudformation.ts'
import { Config } from './config.ts'
import { connectionStringsOf } from './connection-strings.ts'
import { containers } from './containers.ts'
import { githubWorkflows } from './github-workflows.ts'
import { gitlabPipelines } from './gitlab-pipelines.ts'
import { kubernetes } from './kubernetes.ts'
import { leakedSecrets } from './leaked-secrets.ts'
import { jenkinsPipelines, otherPipelines } from './other-pipelines.ts'
import { repository } from './repository.ts'
import { terraform } from './terraform.ts'

export const git = defineProvider({
  id: 'git',
  title: 'Git repository or folder',
  summary:
    'Reads files and history of a repository or folder on this machine; runs nothing that is in it, writes nothing and uses no network.',
  config: Config,
  label: ({ path }) => basename(resolve(path)) || path,
  async connect(config, run) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(config.path) || /^[^/\s]+@[^/\s:]+:/.test(config.path)) {
      throw new ReeveError(
        'git/remote-path',
        `opening ${config.path.replace(/\/\/[^/]*@/, '//')}: it is an address; clone it and give the folder`,
      )
    }
    return openCheckout(config, run)
  },
  async disconnect(checkout) {
    checkout.close()
  },
  collections: storable([
    repository,
    leakedSecrets,
    githubWorkflows,
    gitlabPipelines,
    jenkinsPipelines,
    otherPipelines,
    containers,
    kubernetes,
    terraform,
    cloudformation,
    connectionStringsOf,
  ]),
  async nearby(place) {
    if (!('folder' in place)) return null
    const there = await stat(place.folder).catch(() => null)
    if (!there?.isDirectory() && !there?.isFile()) return null
    const { history = true, since } = place
    return { path: resolve(place.folder), history, ...(since === undefined ? {} : { since }) }
  },
})

/** Files may say U+0000, which no text column takes: it becomes the sign for what cannot be shown. */
function storable(collections: readonly Collection<Checkout>[]): Collection<Checkout>[] {
  return collections.map((collection) => ({
    ...collection,
    async *read(checkout, run) {
      for await (const item of collection.read(checkout, run)) {
        const said = JSON.stringify(item)
        yield said.includes('\\u0000') ? JSON.parse(said.replaceAll('\\u0000', '\ufffd')) : item
      }
    },
  }))
}
