import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Asked } from './owners.ts'
import { plain } from './terminal.ts'

interface Settings {
  ownerTag: string
  backupTag: string | null
  writes: 'address' | 'name'
  secondPerson: boolean
  approvalHours: number
  perSecond: number
}

/** Shows how owners are written back, or changes what is given. */
export function addPlanSettings(plan: Command, asked: Asked): void {
  plan
    .command('settings')
    .summary('into which tags owners are written, in what form, and how plans are approved')
    .option('--owner-tag <key>', 'the tag that bears who answers')
    .option('--backup-tag <key>', 'the tag that bears the second person; "none" for none')
    .option('--writes <what>', '"address" or "name"')
    .option('--second-person <yes|no>', 'whoever planned it does not approve it')
    .option('--approval-hours <hours>', 'so long after an approval it may be applied')
    .option('--per-second <things>', 'things that are changed in a second, at most')
    .addHelpText('after', '\nExample:\n  $ reeve plan settings --owner-tag team-owner --second-person yes\n')
    .action(async (_flags, command: Command) =>
      asked(command, async (api, out) => {
        const flags = command.opts<Record<string, string | undefined>>()
        const before = await api.request<Settings>('GET', '/v1/settings/plans')
        const { ownerTag, backupTag, writes, secondPerson, approvalHours, perSecond } = flags
        if (secondPerson !== undefined && !/^(yes|no)$/.test(secondPerson))
          throw new ReeveError('use/yes-or-no', `reading --second-person ${secondPerson}: write yes or no`)
        const change = {
          ...(ownerTag !== undefined && { ownerTag }),
          ...(backupTag !== undefined && { backupTag: backupTag === 'none' ? null : backupTag }),
          ...(writes !== undefined && { writes }),
          ...(secondPerson !== undefined && { secondPerson: secondPerson === 'yes' }),
          ...(approvalHours !== undefined && { approvalHours: Number(approvalHours) }),
          ...(perSecond !== undefined && { perSecond: Number(perSecond) }),
        }
        const now =
          Object.keys(change).length === 0
            ? before
            : await api.request<Settings>('PUT', '/v1/settings/plans', { ...before, ...change })
        if (out.json) out.document(now)
        else {
          out.line(
            `The ${now.writes} of the owner goes into the tag ${plain(now.ownerTag)}, that of the backup into ${now.backupTag === null ? 'none' : plain(now.backupTag)}.`,
          )
          out.line(
            `Plans are approved by ${now.secondPerson ? 'another person than who made them' : 'any operator or admin'}, for ${now.approvalHours} hours; at most ${now.perSecond} things are changed in a second.`,
          )
        }
        return EXIT.done
      }),
    )
}
