import type { Edge, Entity, Environment, Key } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import type { Federation } from './github-workflow.ts'
import { environmentOfWord, shortKey } from './place-names.ts'

/** Of tokens that a platform mints: there is nothing to rotate, and nothing to find unused. */
export const MADE_PER_JOB = {
  created: { notApplicable: 'a new token is made for each job' },
  expires: { notApplicable: 'a token ends with its job' },
  lastUsed: { notApplicable: 'a token is used by its job alone' },
}

/** One use of a secret by a pipeline. */
export interface PipelineSecret {
  name: string
  /** The pipeline's word for where it deploys; null when the job names none. */
  environment: string | null
  pipeline: Key
  file: string
  line: number
  job: string
  cloudKey: string | null
}

/** What pipelines of all makes have in common: the secrets they use and the trusts they lean on, each yielded once. */
export function pipelineLog(checkout: Checkout, platform: string) {
  const secrets = new Map<Key, PipelineSecret[]>()
  const trusts = new Map<
    Key,
    {
      cloud: string
      target: string
      account: string | null
      uses: (Omit<Federation, 'cloud' | 'target' | 'account'> & { file: string; pipeline: Key })[]
    }
  >()
  return {
    secret(use: PipelineSecret): void {
      const key = shortKey(
        use.environment && !use.environment.includes('${{')
          ? `${checkout.key}/environment/${use.environment}/secret/${use.name}`
          : `${checkout.key}/secret/${use.name}`,
      )
      const uses = secrets.get(key)
      if (uses) uses.push(use)
      else secrets.set(key, [use])
    },
    federation({ cloud, target, account, ...use }: Federation & { file: string; pipeline: Key }): void {
      const key = shortKey(`${checkout.key}/oidc/${cloud}/${target}`)
      const known = trusts.get(key)
      if (known) known.uses.push(use)
      else trusts.set(key, { cloud, target, account, uses: [use] })
    },
    *items(): Generator<Entity | Edge> {
      for (const [key, uses] of secrets) {
        const { name, environment } = uses[0]!
        const stage = environment ? environmentOfWord(environment) : undefined
        const cloudKey = uses.find((use) => use.cloudKey !== null)?.cloudKey ?? null
        yield {
          kind: 'secret',
          type: 'ci_secret',
          key,
          name,
          ...inEnvironment(stage),
          created: {
            unknown: 'a pipeline file does not say when a secret was set',
            permission: 'read access to the secrets of the pipeline',
          },
          expires: {
            unknown: 'a pipeline file does not say when a secret expires',
            permission: 'read access to the secrets of the pipeline',
          },
          attributes: {
            platform,
            repository: checkout.name,
            pipelineEnvironment: environment,
            cloudKey,
            uses: uses.slice(0, 50).map(({ file, line, job }) => ({ file, line, job })),
            useCount: uses.length,
          },
        }
        yield { from: checkout.key, verb: 'contains', to: key }
        for (const pipeline of new Set(uses.map((use) => use.pipeline))) yield { from: pipeline, verb: 'uses', to: key }
      }
      for (const [key, { cloud, target, account, uses }] of trusts) {
        const identity = identityOf(cloud, target, account)
        yield {
          kind: 'credential',
          type: 'ci_oidc_trust',
          key,
          name: `${platform} trusted by ${target}`.slice(0, 300),
          method: 'federation',
          ...MADE_PER_JOB,
          unknowns: {
            subject: {
              reason: `what ${cloud} demands of the subject stands in the trust there`,
              permission: `a connection to ${cloud}`,
            },
          },
          ...(identity
            ? { aliases: [identity.replace(/^[a-z]+:(arn:)?/, (head) => (head.endsWith('arn:') ? 'arn:' : ''))] }
            : {}),
          attributes: {
            platform,
            repository: checkout.name,
            cloud,
            target,
            account,
            uses: uses.slice(0, 50).map(({ file, line, job, environment }) => ({ file, line, job, environment })),
          },
        }
        yield { from: checkout.key, verb: 'contains', to: key }
        if (identity) yield { from: key, verb: 'authenticates', to: identity, attributes: { via: 'oidc' } }
        for (const { pipeline, line, job } of new Map(uses.map((use) => [use.pipeline, use])).values()) {
          yield { from: pipeline, verb: 'uses', to: key, attributes: { line, job } }
          if (identity) yield { from: pipeline, verb: 'uses', to: identity, attributes: { via: 'oidc', line, job } }
        }
      }
    },
  }
}

const inEnvironment = (environment: Environment | undefined) => (environment ? { environment } : {})

/** The key under which the cloud's own provider knows the identity; null when the file does not say which it is. */
export function identityOf(cloud: string, target: string, account: string | null): Key | null {
  if (cloud === 'aws') return /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(target) ? shortKey(`aws:${target}`) : null
  if (cloud === 'gcp')
    return account && /^[^\s@$]+@[a-z0-9.-]+\.gserviceaccount\.com$/.test(account) ? `gcp:${account}` : null
  if (cloud === 'azure')
    return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(target) ? `entra:${target.toLowerCase()}` : null
  return null
}
