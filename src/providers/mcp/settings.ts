import { z } from 'zod'
import { Environment } from '../../sdk/index.ts'

const text = (title: string, description: string) => z.string().min(1).optional().meta({ title, description })

export const Settings = z.strictObject({
  folder: text(
    'Folder',
    'A repository or folder whose agent configurations are read. Leave empty for the homes of a machine.',
  ),
  root: text(
    'Root folder',
    'A folder that holds the files of another machine, such as a mounted disk, to be read instead of this one.',
  ),
  name: text(
    'Name',
    'The name of the host, as the connection of the host itself has it; its own host name when left empty.',
  ),
  environment: Environment.optional().meta({
    title: 'Environment',
    description: 'What the host or repository is for. An agent of development that reaches production is found by it.',
  }),
  probe: z.enum(['off', 'remote', 'all']).default('off').meta({
    title: 'Ask servers',
    description:
      'Whether MCP servers are asked for their tools. remote: those over HTTP, with the key that the configuration holds. all: also starts the configured programs, so only where you trust them.',
  }),
  timeout: z.coerce
    .number()
    .positive()
    .max(120)
    .default(10)
    .meta({ title: 'Time limit', description: 'Seconds to wait for each server that is asked.' }),
})
export type Settings = z.infer<typeof Settings>
