import { z } from 'zod'
import { Environment } from '../../sdk/index.ts'

export const Config = z.strictObject({
  path: z
    .string()
    .min(1)
    .meta({ title: 'Folder', description: 'A folder, clone, linked worktree or bare repository on this machine.' }),
  history: z.boolean().default(true).meta({
    title: 'History',
    description: 'Also look for secrets in all commits, not only in the files as they are now.',
  }),
  since: z
    .string()
    .min(1)
    .regex(/^[^-]/, 'a revision does not begin with a dash')
    .optional()
    .meta({ title: 'Since', description: 'Look only at commits that are not reachable from this revision.' }),
  include: z.array(z.string().min(1)).max(200).optional().meta({
    title: 'Only these files',
    description: 'Globs from the top of the repository, such as services/**; all files when empty.',
  }),
  exclude: z
    .array(z.string().min(1))
    .max(200)
    .optional()
    .meta({ title: 'Not these files', description: 'Globs from the top of the repository, such as third_party/**.' }),
  environment: Environment.optional().meta({
    title: 'Environment',
    description: 'What the repository is deployed to, when it is one.',
  }),
})
export type Config = z.infer<typeof Config>
