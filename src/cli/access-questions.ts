import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { type FileFlags, withFiles } from './access-files.ts'
import { askLeast, askWhatCan, askWhoCan, askWhy } from './access-online.ts'
import { printDecision, printLeast } from './access-printed.ts'
import type { Api } from './api.ts'
import type { Reeve } from './reeve.ts'
import { plain, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

interface QuestionFlags extends FileFlags {
  from?: string[]
  used?: string
}

/** who-can, what-can, why and least: single questions, asked of files, or without them of the server. */
export function addAccessQuestions(access: Command, reeve: Reeve): void {
  /** Asked of the server, where no files were named; whether it was. */
  const online = async (ask: (api: Api, out: Terminal) => Promise<number>, command: Command): Promise<boolean> => {
    const flags = command.optsWithGlobals<QuestionFlags>()
    if (flags.from !== undefined) return false
    if (flags.resources !== undefined || flags.scp !== undefined)
      throw new ReeveError(
        'use/from',
        'reeve access: --resources and --scp stand beside files of an account; name them with --from FILE',
      )
    process.exitCode = await withApi(reeve, (api) => ask(api, terminal(flags)))
    return true
  }
  const question = (name: string, summary: string, example: string): Command =>
    withFiles(
      access
        .command(name)
        .summary(summary)
        .option(
          '--from <file...>',
          'answers of aws iam get-account-authorization-details; without them the server is asked',
        ),
    ).addHelpText(
      'after',
      `\nExamples:\n  $ reeve access ${example} --from account.json\n  $ reeve access ${example.replace(/ --used .*/, '')}\n`,
    )

  question(
    'who-can',
    'everybody who can do an action on a resource',
    'who-can s3:GetObject arn:aws:s3:::payroll/2026.csv',
  )
    .argument('<action>', 'service:Action')
    .argument('<resource>', 'an ARN, or * for actions that name none')
    .action(async (action: string, resource: string, _flags: QuestionFlags, command: Command) => {
      if (await online((api, out) => askWhoCan(api, out, action, resource), command)) return
      const { estate, out } = await open(command)
      const { whoCanDo } = await import('../access/index.ts')
      const rows = whoCanDo(estate, action, resource)
      if (out.json) out.document({ action, resource, rows })
      else {
        out.table(
          ['who', 'can', 'depends on'],
          rows.map(({ principal, verdict, dependsOn }) => [plain(principal), verdict, plain(dependsOn.join('; '))]),
        )
        out.line(`${rows.length} can do ${plain(action)} on ${plain(resource)}`)
      }
    })

  question('what-can', 'what a user or role can do, and on what', 'what-can deployer')
    .argument('<principal>', 'an ARN or a name')
    .action(async (principal: string, _flags: QuestionFlags, command: Command) => {
      if (await online((api, out) => askWhatCan(api, out, principal), command)) return
      const { estate, out } = await open(command)
      const { findPrincipal, whatCan } = await import('../access/index.ts')
      const index = findPrincipal(estate, principal)
      const { arn, unknown } = estate.holders[index]!
      const rows = await whatCan(estate, index)
      if (out.json) out.document({ principal: arn, rows, unknown })
      else {
        out.table(
          ['action', 'on', 'except', 'depends on'],
          rows.map(({ action, on, except, dependsOn }) =>
            [action, on.join('\n'), except.join('\n'), dependsOn.join('\n')].map(plain),
          ),
        )
        for (const reason of unknown) out.line(`${out.mark('unknown')} not all is known: ${plain(reason)}`)
      }
    })

  question(
    'why',
    'the statements that decide, layer by layer',
    'why deployer iam:PassRole arn:aws:iam::111122223333:role/app',
  )
    .argument('<principal>', 'an ARN or a name')
    .argument('<action>', 'service:Action')
    .argument('<resource>', 'an ARN, or * for actions that name none')
    .action(async (principal: string, action: string, resource: string, _flags: QuestionFlags, command: Command) => {
      if (await online((api, out) => askWhy(api, out, principal, action, resource), command)) return
      const { estate, out } = await open(command)
      const { findPrincipal, why } = await import('../access/index.ts')
      const index = findPrincipal(estate, principal)
      const decision = why(estate, index, action, resource)
      const { arn, unknown } = estate.holders[index]!
      if (out.json) out.document({ principal: arn, action, resource, ...decision, unknown })
      else printDecision(out, decision, unknown)
    })

  question('least', 'the smallest policy that keeps every call that was seen', 'least deployer --used calls.json')
    .argument('<principal>', 'an ARN or a name')
    .option(
      '--used <file>',
      'calls: a list, records of CloudTrail, or get-service-last-accessed-details; the server knows what was read',
    )
    .action(async (principal: string, flags: QuestionFlags, command: Command) => {
      const { readUsed } = await import('../access/index.ts')
      const used = flags.used === undefined ? undefined : await readUsed(flags.used)
      if (await online((api, out) => askLeast(api, out, principal, used), command)) return
      if (used === undefined)
        throw new ReeveError('use/used', 'reeve access least --from: name what was used with --used FILE')
      const { estate, out } = await open(command)
      const { findPrincipal, leastPolicy } = await import('../access/index.ts')
      const index = findPrincipal(estate, principal)
      const least = leastPolicy(estate, index, used)
      if (out.json) out.document({ principal: estate.holders[index]!.arn, ...least })
      else printLeast(out, least)
    })
}

async function open(command: Command) {
  const flags = command.optsWithGlobals<QuestionFlags>()
  const { openAws } = await import('../access/index.ts')
  const estate = await openAws({ from: flags.from ?? [], resources: flags.resources, organization: flags.scp })
  return { estate, out: terminal(flags) }
}
