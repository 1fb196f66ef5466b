import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { type Form, settingsFor } from './sources.ts'
import { type OutputOptions, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

/** `reeve connections grant` and `revoke`: with what a source may be changed, apart from what reads it. */
export function addGrants(connections: Command, reeve: Reeve): void {
  connections
    .command('grant')
    .argument('<connection>')
    .summary('allow plans to change a source, with a role, profile or key of its own')
    .option(
      '--set <key=value>',
      'a setting; secrets come from a file, the environment or a prompt',
      (pair, all: string[]) => [...all, pair],
      [] as string[],
    )
    .option('--settings <file>', 'a YAML or JSON file of settings; "env:NAME" and "file:PATH" are read from there')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve connections grant aws-prod --set role=arn:aws:iam::123456789012:role/ReeveTags\n',
    )
    .action(async (connection: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<OutputOptions & { set: string[]; settings?: string }>()
      const out = terminal(flags)
      process.exitCode = await withApi(reeve, async (api) => {
        const path = pathOf(connection)
        const { form } = await api.request<{ form: Form }>('GET', path)
        const settings = await settingsFor(form, flags)
        const tested = await api.request<{ ok: boolean; error: { code: string; message: string } | null }>(
          'POST',
          `${path}/test`,
          { settings },
        )
        if (!tested.ok)
          throw new ReeveError(
            tested.error?.code ?? 'source/failed',
            tested.error?.message ?? 'the source did not answer',
          )
        const page = await api.request('PUT', path, { settings })
        if (out.json) out.document(page)
        else
          out.line(
            `${connection} may be changed now, by plans that were approved. To take it back: reeve connections revoke ${connection}`,
          )
        return EXIT.done
      })
    })
  connections
    .command('revoke')
    .argument('<connection>')
    .summary('take the grant for changes away: it only reads from then on')
    .addHelpText('after', '\nExample:\n  $ reeve connections revoke aws-prod\n')
    .action(async (connection: string, _flags, command: Command) => {
      const out = terminal(command.optsWithGlobals<OutputOptions>())
      process.exitCode = await withApi(reeve, async (api) => {
        await api.request('DELETE', pathOf(connection))
        if (out.json) out.document({ connection, grant: null })
        else out.line(`${connection} only reads from now on.`)
        return EXIT.done
      })
    })
}

const pathOf = (connection: string): string => `/v1/connections/${encodeURIComponent(connection)}/acting`
