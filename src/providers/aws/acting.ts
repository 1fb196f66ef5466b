import { z } from 'zod'
import { type Acting, ReeveError } from '../../sdk/index.ts'
import { connectLive, type Live } from './live.ts'
import { ownerTags } from './owner-tags.ts'
import type { Settings } from './settings.ts'

const text = (title: string, description: string) => z.string().min(1).optional().meta({ title, description })
const secret = (title: string, description: string) =>
  z.string().min(1).optional().meta({ title, description, secret: true })

/** What changes are made with: another role, profile or key than the one that reads. */
const Grant = z
  .strictObject({
    role: text(
      'Role for changes',
      'The ARN of a role that may write tags and nothing else, such as arn:aws:iam::123456789012:role/ReeveTags; taken with the credentials that read, or with those below.',
    ),
    externalId: secret('External id', 'What the trust policy of that role asks for in sts:ExternalId, if it does.'),
    memberRole: z
      .string()
      .regex(/^[\w+=,.@/-]{1,512}$/)
      .default('ReeveTags')
      .meta({
        title: 'Role in member accounts',
        description: 'Of an organization: the role for changes in each account.',
      }),
    profile: text('Profile', 'A profile of ~/.aws/config on the machine Reeve runs on.'),
    accessKeyId: text('Access key id', 'Of an IAM user that may write tags and nothing else.'),
    secretAccessKey: secret('Secret access key', 'The secret of that key; kept sealed.'),
    sessionToken: secret('Session token', 'For temporary credentials only.'),
  })
  .refine(
    ({ role, profile, accessKeyId }) => role !== undefined || profile !== undefined || accessKeyId !== undefined,
    'give a role, a profile or an access key for changes: those that read are never used for them',
  )
type Grant = z.infer<typeof Grant>

export const acting: Acting<Settings, Grant, Live> = {
  grant: Grant,
  summary:
    'Writes tags, by the policy docs/policies/aws-owner-tags.json, which allows nothing else. Use a role, a profile or a key of its own.',
  actions: [ownerTags],
  async open(settings, { role, externalId, memberRole, profile, accessKeyId, secretAccessKey, sessionToken }, run) {
    if (settings.files.length > 0)
      throw new ReeveError('aws/import', 'changing tags: this connection reads files; connect the account itself')
    const own = profile !== undefined || accessKeyId !== undefined
    const { role: _, externalId: __, ...reading } = settings
    const bare = { ...reading }
    if (own) {
      delete bare.profile
      delete bare.accessKeyId
      delete bare.secretAccessKey
      delete bare.sessionToken
    }
    return connectLive(
      {
        ...bare,
        memberRole,
        ...(role !== undefined && { role }),
        ...(externalId !== undefined && { externalId }),
        ...(profile !== undefined && { profile }),
        ...(accessKeyId !== undefined && { accessKeyId }),
        ...(secretAccessKey !== undefined && { secretAccessKey }),
        ...(sessionToken !== undefined && { sessionToken }),
      },
      run,
    )
  },
}
