import type { Thing } from '../../sdk/index.ts'
import { lastPart } from './arn.ts'
import type { ClientConfig } from './live.ts'

/** The calls by which one thing's tags are read and written. `read` answers in whatever shape the service has. */
export interface TagCalls {
  read(): Promise<unknown>
  put(tags: Readonly<Record<string, string>>): Promise<unknown>
  remove(keys: string[]): Promise<unknown>
}

export interface Taggable {
  /** IAM actions: to read its tags, to write one, to take one away. */
  actions: { read: string; put: string; remove: string }
  calls(config: ClientConfig, arn: string, thing: Thing): Promise<TagCalls>
  /** The AWS CLI's own words: the command for each of both, what names the thing, and how it spells a tag. */
  byHand: {
    put: string
    remove: string
    names(arn: string, thing: Thing): string[]
    spells: 'Key' | 'key' | 'TagKey' | 'map'
    /** Takes away by `--tags Key=…` and not by `--tag-keys …`. */
    removesTags?: true
  }
}

type Tags = Readonly<Record<string, string>>
const pairs = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
const lower = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }))

const three = (service: string, read: string, put = 'TagResource', remove = 'UntagResource'): Taggable['actions'] => ({
  read: `${service}:${read}`,
  put: `${service}:${put}`,
  remove: `${service}:${remove}`,
})

/** IAM has its own pair of calls for each sort of thing. */
function iam(
  noun: 'User' | 'Role' | 'OpenIDConnectProvider' | 'SAMLProvider',
  word: string,
  flag: string,
  nameOf: (arn: string) => string,
): Taggable {
  return {
    actions: three('iam', `List${noun}Tags`, `Tag${noun}`, `Untag${noun}`),
    async calls(config, arn) {
      const sdk = await import('@aws-sdk/client-iam')
      const client = new sdk.IAMClient(config)
      const name = nameOf(arn)
      const calls: Record<typeof noun, () => TagCalls> = {
        User: () => ({
          read: async () => (await client.send(new sdk.ListUserTagsCommand({ UserName: name }))).Tags,
          put: (tags) => client.send(new sdk.TagUserCommand({ UserName: name, Tags: pairs(tags) })),
          remove: (TagKeys) => client.send(new sdk.UntagUserCommand({ UserName: name, TagKeys })),
        }),
        Role: () => ({
          read: async () => (await client.send(new sdk.ListRoleTagsCommand({ RoleName: name }))).Tags,
          put: (tags) => client.send(new sdk.TagRoleCommand({ RoleName: name, Tags: pairs(tags) })),
          remove: (TagKeys) => client.send(new sdk.UntagRoleCommand({ RoleName: name, TagKeys })),
        }),
        OpenIDConnectProvider: () => {
          const of = { OpenIDConnectProviderArn: name }
          return {
            read: async () => (await client.send(new sdk.ListOpenIDConnectProviderTagsCommand(of))).Tags,
            put: (tags) => client.send(new sdk.TagOpenIDConnectProviderCommand({ ...of, Tags: pairs(tags) })),
            remove: (TagKeys) => client.send(new sdk.UntagOpenIDConnectProviderCommand({ ...of, TagKeys })),
          }
        },
        SAMLProvider: () => ({
          read: async () => (await client.send(new sdk.ListSAMLProviderTagsCommand({ SAMLProviderArn: name }))).Tags,
          put: (tags) => client.send(new sdk.TagSAMLProviderCommand({ SAMLProviderArn: name, Tags: pairs(tags) })),
          remove: (TagKeys) => client.send(new sdk.UntagSAMLProviderCommand({ SAMLProviderArn: name, TagKeys })),
        }),
      }
      return calls[noun]()
    },
    byHand: {
      put: `iam tag-${word}`,
      remove: `iam untag-${word}`,
      names: (arn) => [flag, nameOf(arn)],
      spells: 'Key',
    },
  }
}

const whole = (arn: string): string => arn
const byArn = (service: string, flag: string, spells: Taggable['byHand']['spells']): Taggable['byHand'] => ({
  put: `${service} tag-resource`,
  remove: `${service} untag-resource`,
  names: (arn) => [flag, arn],
  spells,
})

const ecs: Taggable = {
  actions: three('ecs', 'ListTagsForResource'),
  async calls(config, resourceArn) {
    const sdk = await import('@aws-sdk/client-ecs')
    const client = new sdk.ECSClient(config)
    return {
      read: async () => (await client.send(new sdk.ListTagsForResourceCommand({ resourceArn }))).tags,
      put: (tags) => client.send(new sdk.TagResourceCommand({ resourceArn, tags: lower(tags) })),
      remove: (tagKeys) => client.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys })),
    }
  },
  byHand: byArn('ecs', '--resource-arn', 'key'),
}

/** By type of entity. What is not here has no tags, or none that a call of its own changes alone. */
export const taggable: Readonly<Record<string, Taggable>> = {
  aws_iam_user: iam('User', 'user', '--user-name', lastPart),
  aws_iam_role: iam('Role', 'role', '--role-name', lastPart),
  aws_oidc_provider: iam('OpenIDConnectProvider', 'open-id-connect-provider', '--open-id-connect-provider-arn', whole),
  aws_saml_provider: iam('SAMLProvider', 'saml-provider', '--saml-provider-arn', whole),
  aws_lambda_function: {
    actions: three('lambda', 'ListTags'),
    async calls(config, Resource) {
      const sdk = await import('@aws-sdk/client-lambda')
      const client = new sdk.LambdaClient(config)
      return {
        read: async () => (await client.send(new sdk.ListTagsCommand({ Resource }))).Tags,
        put: (Tags) => client.send(new sdk.TagResourceCommand({ Resource, Tags })),
        remove: (TagKeys) => client.send(new sdk.UntagResourceCommand({ Resource, TagKeys })),
      }
    },
    byHand: byArn('lambda', '--resource', 'map'),
  },
  aws_secrets_manager_secret: {
    actions: three('secretsmanager', 'DescribeSecret'),
    async calls(config, SecretId) {
      const sdk = await import('@aws-sdk/client-secrets-manager')
      const client = new sdk.SecretsManagerClient(config)
      return {
        read: async () => (await client.send(new sdk.DescribeSecretCommand({ SecretId }))).Tags,
        put: (tags) => client.send(new sdk.TagResourceCommand({ SecretId, Tags: pairs(tags) })),
        remove: (TagKeys) => client.send(new sdk.UntagResourceCommand({ SecretId, TagKeys })),
      }
    },
    byHand: byArn('secretsmanager', '--secret-id', 'Key'),
  },
  aws_kms_key: {
    actions: three('kms', 'ListResourceTags'),
    async calls(config, KeyId) {
      const sdk = await import('@aws-sdk/client-kms')
      const client = new sdk.KMSClient(config)
      const spelt = (tags: Tags) => Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
      return {
        read: async () => (await client.send(new sdk.ListResourceTagsCommand({ KeyId }))).Tags,
        put: (tags) => client.send(new sdk.TagResourceCommand({ KeyId, Tags: spelt(tags) })),
        remove: (TagKeys) => client.send(new sdk.UntagResourceCommand({ KeyId, TagKeys })),
      }
    },
    byHand: byArn('kms', '--key-id', 'TagKey'),
  },
  aws_sns_topic: {
    actions: three('sns', 'ListTagsForResource'),
    async calls(config, ResourceArn) {
      const sdk = await import('@aws-sdk/client-sns')
      const client = new sdk.SNSClient(config)
      return {
        read: async () => (await client.send(new sdk.ListTagsForResourceCommand({ ResourceArn }))).Tags,
        put: (tags) => client.send(new sdk.TagResourceCommand({ ResourceArn, Tags: pairs(tags) })),
        remove: (TagKeys) => client.send(new sdk.UntagResourceCommand({ ResourceArn, TagKeys })),
      }
    },
    byHand: byArn('sns', '--resource-arn', 'Key'),
  },
  aws_sqs_queue: {
    actions: three('sqs', 'ListQueueTags', 'TagQueue', 'UntagQueue'),
    async calls(config, arn, thing) {
      const sdk = await import('@aws-sdk/client-sqs')
      const client = new sdk.SQSClient(config)
      const QueueUrl = queueUrl(arn, thing)
      return {
        read: async () => (await client.send(new sdk.ListQueueTagsCommand({ QueueUrl }))).Tags,
        put: (Tags) => client.send(new sdk.TagQueueCommand({ QueueUrl, Tags })),
        remove: (TagKeys) => client.send(new sdk.UntagQueueCommand({ QueueUrl, TagKeys })),
      }
    },
    byHand: {
      put: 'sqs tag-queue',
      remove: 'sqs untag-queue',
      names: (arn, thing) => ['--queue-url', queueUrl(arn, thing)],
      spells: 'map',
    },
  },
  aws_ecr_repository: {
    actions: three('ecr', 'ListTagsForResource'),
    async calls(config, resourceArn) {
      const sdk = await import('@aws-sdk/client-ecr')
      const client = new sdk.ECRClient(config)
      return {
        read: async () => (await client.send(new sdk.ListTagsForResourceCommand({ resourceArn }))).tags,
        put: (tags) => client.send(new sdk.TagResourceCommand({ resourceArn, tags: pairs(tags) })),
        remove: (tagKeys) => client.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys })),
      }
    },
    byHand: byArn('ecr', '--resource-arn', 'Key'),
  },
  aws_ecs_service: ecs,
  aws_ecs_task_definition: ecs,
  aws_bedrock_agent: {
    actions: three('bedrock', 'ListTagsForResource'),
    async calls(config, resourceArn) {
      const sdk = await import('@aws-sdk/client-bedrock-agent')
      const client = new sdk.BedrockAgentClient(config)
      return {
        read: async () => (await client.send(new sdk.ListTagsForResourceCommand({ resourceArn }))).tags,
        put: (tags) => client.send(new sdk.TagResourceCommand({ resourceArn, tags })),
        remove: (tagKeys) => client.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys })),
      }
    },
    byHand: byArn('bedrock-agent', '--resource-arn', 'map'),
  },
  aws_ec2_instance: {
    actions: three('ec2', 'DescribeTags', 'CreateTags', 'DeleteTags'),
    async calls(config, arn) {
      const sdk = await import('@aws-sdk/client-ec2')
      const client = new sdk.EC2Client(config)
      const Resources = [lastPart(arn)]
      return {
        read: async () =>
          (await client.send(new sdk.DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: Resources }] })))
            .Tags,
        put: (tags) => client.send(new sdk.CreateTagsCommand({ Resources, Tags: pairs(tags) })),
        remove: (keys) => client.send(new sdk.DeleteTagsCommand({ Resources, Tags: keys.map((Key) => ({ Key })) })),
      }
    },
    byHand: {
      put: 'ec2 create-tags',
      remove: 'ec2 delete-tags',
      names: (arn) => ['--resources', lastPart(arn)],
      spells: 'Key',
      removesTags: true,
    },
  },
  aws_acm_certificate: {
    actions: three('acm', 'ListTagsForCertificate', 'AddTagsToCertificate', 'RemoveTagsFromCertificate'),
    async calls(config, CertificateArn) {
      const sdk = await import('@aws-sdk/client-acm')
      const client = new sdk.ACMClient(config)
      return {
        read: async () => (await client.send(new sdk.ListTagsForCertificateCommand({ CertificateArn }))).Tags,
        put: (tags) => client.send(new sdk.AddTagsToCertificateCommand({ CertificateArn, Tags: pairs(tags) })),
        remove: (keys) =>
          client.send(new sdk.RemoveTagsFromCertificateCommand({ CertificateArn, Tags: keys.map((Key) => ({ Key })) })),
      }
    },
    byHand: {
      put: 'acm add-tags-to-certificate',
      remove: 'acm remove-tags-from-certificate',
      names: (arn) => ['--certificate-arn', arn],
      spells: 'Key',
      removesTags: true,
    },
  },
}

/** A queue is asked by its address, which is among its other names. */
function queueUrl(arn: string, { aliases }: Thing): string {
  const url = aliases.find((one) => /^https?:\/\//.test(one))
  if (url !== undefined) return url
  const [, , , region, account, name] = arn.split(':')
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`
}
