import { z } from 'zod'
import { readJson } from './read-json.ts'

const Inline = z.looseObject({ PolicyName: z.string(), PolicyDocument: z.unknown() })
const Attached = z.looseObject({ PolicyName: z.string().optional(), PolicyArn: z.string() })
const Tags = z.array(z.looseObject({ Key: z.string(), Value: z.string() }))
const Boundary = z.looseObject({ PermissionsBoundaryArn: z.string() })

const holder = {
  Arn: z.string(),
  Tags: Tags.default([]),
  AttachedManagedPolicies: z.array(Attached).default([]),
  PermissionsBoundary: Boundary.optional(),
  /** Ours: why what it holds is not known. */
  unread: z.string().optional(),
}
const User = z.looseObject({
  ...holder,
  UserName: z.string(),
  UserId: z.string().optional(),
  UserPolicyList: z.array(Inline).default([]),
  GroupList: z.array(z.string()).default([]),
})
const Group = z.looseObject({
  Arn: z.string(),
  GroupName: z.string(),
  unread: z.string().optional(),
  GroupPolicyList: z.array(Inline).default([]),
  AttachedManagedPolicies: z.array(Attached).default([]),
})
const Role = z.looseObject({
  ...holder,
  RoleName: z.string(),
  RoleId: z.string().optional(),
  AssumeRolePolicyDocument: z.unknown(),
  RolePolicyList: z.array(Inline).default([]),
  InstanceProfileList: z
    .array(z.looseObject({ InstanceProfileName: z.string().optional(), Arn: z.string().optional() }))
    .default([]),
})
const Managed = z.looseObject({
  Arn: z.string(),
  PolicyName: z.string().optional(),
  DefaultVersionId: z.string().optional(),
  PolicyVersionList: z
    .array(
      z.looseObject({
        VersionId: z.string().optional(),
        IsDefaultVersion: z.boolean().optional(),
        Document: z.unknown(),
      }),
    )
    .default([]),
})

const LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const
const Answer = z
  .looseObject({
    UserDetailList: z.array(User).optional(),
    GroupDetailList: z.array(Group).optional(),
    RoleDetailList: z.array(Role).optional(),
    Policies: z.array(Managed).optional(),
  })
  .refine((given) => LISTS.some((list) => given[list] !== undefined), {
    message: `it has none of ${LISTS.join(', ')}: give the answer of get-account-authorization-details`,
  })
const File = z.union([Answer, z.array(Answer).min(1)])

export type Details = { [List in (typeof LISTS)[number]]: NonNullable<z.output<typeof Answer>[List]> }
export type UserDetail = z.output<typeof User>
export type RoleDetail = z.output<typeof Role>
export type GroupDetail = z.output<typeof Group>
export type ManagedDetail = z.output<typeof Managed>

/** Answers of `get-account-authorization-details`, of one or several accounts, pages and files, put together. */
export async function readAuthorization(files: readonly string[]): Promise<Details> {
  const answers = await Promise.all(files.map((file) => readJson(file, 'authorization details', File)))
  return together(answers.flat())
}

/** The same, of answers that are at hand. */
export const detailsFrom = (answers: readonly unknown[]): Details =>
  together(answers.map((answer) => Answer.parse(answer)))

const together = (answers: readonly z.output<typeof Answer>[]): Details => ({
  UserDetailList: answers.flatMap((one) => one.UserDetailList ?? []),
  GroupDetailList: answers.flatMap((one) => one.GroupDetailList ?? []),
  RoleDetailList: answers.flatMap((one) => one.RoleDetailList ?? []),
  Policies: answers.flatMap((one) => one.Policies ?? []),
})
