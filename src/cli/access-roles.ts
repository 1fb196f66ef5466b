import type { Command } from 'commander'
import type { GcpRow, KubernetesRow } from '../access/index.ts'
import { EXIT } from './exit.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'

/** Roles of Kubernetes and permission sets of Google Cloud: what holding one of them is worth. */
export function addAccessRoles(access: Command): void {
  access
    .command('kubernetes')
    .summary('which roles of a cluster lead to more, by manifests alone')
    .argument('<file...>', 'roles and bindings, YAML or JSON, as kubectl get writes them')
    .option('--privileged <namespace...>', 'namespaces whose pods hold the cluster, besides kube-system')
    .addHelpText(
      'after',
      '\nExample:\n  $ kubectl get roles,rolebindings,clusterroles,clusterrolebindings -A -o yaml > rbac.yaml\n  $ reeve access kubernetes rbac.yaml\n',
    )
    .action(async (files: string[], _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<OutputOptions & { privileged?: string[] }>()
      const { riskyRoles } = await import('../access/index.ts')
      process.exitCode = print(terminal(flags), await riskyRoles(files, flags.privileged))
    })
  access
    .command('gcp')
    .summary('which permission sets of Google Cloud lead to more')
    .argument('<file...>', 'roles as gcloud iam roles describe writes them, or { name, scope, permissions }')
    .addHelpText(
      'after',
      '\nExample:\n  $ gcloud iam roles describe deployer --project shop --format json > role.json\n  $ reeve access gcp role.json\n',
    )
    .action(async (files: string[], _flags: unknown, command: Command) => {
      const { riskySets } = await import('../access/index.ts')
      process.exitCode = print(terminal(command.optsWithGlobals<OutputOptions>()), await riskySets(files))
    })
}

function print(out: Terminal, rows: readonly (KubernetesRow | GcpRow)[]): number {
  const unknown = rows.flatMap((row) => ('unknown' in row && row.unknown ? [row.unknown] : []))
  if (out.json) out.document({ rows })
  else {
    const flagged = rows.filter(({ flagged }) => flagged)
    out.line(`${rows.length} roles: ${flagged.length} lead to more`)
    if (flagged.length > 0) {
      out.line()
      out.table(
        ['role', 'where', 'leads to', 'held by'],
        flagged.flatMap((row) =>
          row.why.map(({ id, severity, what }, index) =>
            index > 0
              ? ['', '', `${out.mark(severity)} ${id}: ${what}`, '']
              : [
                  plain(row.role),
                  plain(row.namespace ?? row.scope ?? 'not said'),
                  `${out.mark(severity)} ${id}: ${what}`,
                  'holders' in row ? row.holders.map(plain).join('\n') || 'nobody here' : 'not in these files',
                ],
          ),
        ),
      )
    }
    for (const reason of unknown) out.line(`${out.mark('unknown')} not all is known: ${plain(reason)}`)
  }
  return unknown.length > 0 ? EXIT.incomplete : EXIT.done
}
