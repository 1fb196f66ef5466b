import { z } from 'zod'

const Tag = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .refine((key) => !/^aws:/i.test(key), 'tags that begin with aws: are kept by AWS')

/** How owners are written back into the systems that they answer for things in. */
export const PlanSettings = z
  .strictObject({
    ownerTag: Tag.meta({ description: 'the tag that bears who answers' }),
    backupTag: Tag.nullable().meta({ description: 'the tag that bears the second person; null for none' }),
    writes: z
      .enum(['address', 'name'])
      .meta({ description: 'what stands in the tag; a name where no address is known' }),
    secondPerson: z.boolean().meta({ description: 'whoever planned it does not approve it' }),
    approvalHours: z
      .number()
      .int()
      .min(1)
      .max(720)
      .meta({ description: 'so long after an approval it may be applied' }),
    perSecond: z.number().int().min(1).max(20).meta({ description: 'things that are changed in a second, at most' }),
  })
  .refine(
    ({ ownerTag, backupTag }) => ownerTag.toLowerCase() !== backupTag?.toLowerCase(),
    'the tag of the owner and that of the backup are two',
  )
export type PlanSettings = z.infer<typeof PlanSettings>

export const PLAN_DEFAULTS: PlanSettings = {
  ownerTag: 'owner',
  backupTag: null,
  writes: 'address',
  secondPerson: false,
  approvalHours: 24,
  perSecond: 5,
}
