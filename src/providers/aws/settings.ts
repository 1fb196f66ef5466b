import { z } from 'zod'
import { Environment } from '../../sdk/index.ts'

const text = (title: string, description: string) => z.string().min(1).optional().meta({ title, description })
const secret = (title: string, description: string) =>
  z.string().min(1).optional().meta({ title, description, secret: true })
const accounts = (title: string, description: string) =>
  z
    .array(z.string().regex(/^\d{12}$/, 'an account id has twelve digits'))
    .max(10_000)
    .default([])
    .meta({ title, description })

export const Settings = z.strictObject({
  profile: text(
    'Profile',
    'A profile of ~/.aws/config on the machine Reeve runs on. Without it, and without a key, Reeve takes what the environment, a token file, the container or the instance gives it.',
  ),
  accessKeyId: text('Access key id', 'Of an IAM user or session that holds the read-only policy.'),
  secretAccessKey: secret('Secret access key', 'The secret of that key; kept sealed.'),
  sessionToken: secret('Session token', 'For temporary credentials only. The read ends when they do.'),
  role: text('Role', 'The ARN of a role to take before reading, such as arn:aws:iam::123456789012:role/ReeveReadOnly.'),
  externalId: secret('External id', 'What the trust policy of that role asks for in sts:ExternalId, if it does.'),
  organization: z.boolean().default(false).meta({
    title: 'Whole organization',
    description: 'Read every account of the organization, from its management account or a delegated administrator.',
  }),
  memberRole: z
    .string()
    .regex(/^[\w+=,.@/-]{1,512}$/)
    .default('ReeveReadOnly')
    .meta({ title: 'Role in member accounts', description: 'The name of the read-only role that each account has.' }),
  accounts: accounts('Only these accounts', 'Leave empty for every active account of the organization.'),
  ownAccounts: accounts(
    'More accounts of ours',
    'Accounts outside of the organization that are not a third party when a policy trusts them.',
  ),
  region: z.string().min(1).default('us-east-1').meta({
    title: 'Home region',
    description: 'Where IAM, Organizations and STS are asked: us-east-1, cn-north-1 or us-gov-west-1.',
  }),
  regions: z
    .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region is named like eu-central-1'))
    .max(100)
    .default([])
    .meta({ title: 'Only these regions', description: 'Leave empty for every region that is enabled.' }),
  serviceLastAccessed: z.boolean().default(true).meta({
    title: 'Services last accessed',
    description:
      'Ask when each user and role last used each service. AWS makes a report for each, which takes a while.',
  }),
  files: z.array(z.string().min(1)).max(1000).default([]).meta({
    title: 'Files instead of an account',
    description:
      'What aws iam get-account-authorization-details printed, one file for each account. Nothing is asked of AWS then.',
  }),
  credentialReports: z.array(z.string().min(1)).max(1000).default([]).meta({
    title: 'Credential reports',
    description: 'Beside such files: the CSV that aws iam get-credential-report gives, decoded.',
  }),
  environment: Environment.optional().meta({
    title: 'Environment',
    description: 'What the account is for, where neither its tags nor its name say so.',
  }),
  endpoint: z.url().optional().meta({
    title: 'Endpoint',
    description: 'One address for every service: a private gateway or a test server. Leave empty for AWS.',
  }),
})
export type Settings = z.infer<typeof Settings>
