import type { Command } from 'commander'
import type { Decision, Least } from '../access/index.ts'
import { type FileFlags, withFiles } from './access-files.ts'
import { plain, type Terminal, terminal } from './terminal.ts'

interface QuestionFlags extends FileFlags {
  from: string[]
  used?: string
}

/** who-can, what-can, why and least: single questions, asked of the same files. */
export function addAccessQuestions(access: Command): void {
  const question = (name: string, summary: string, example: string): Command =>
    withFiles(
      access
        .command(name)
        .summary(summary)
        .requiredOption('--from <file...>', 'answers of aws iam get-account-authorization-details'),
    ).addHelpText('after', `\nExample:\n  $ reeve access ${example} --from account.json\n`)

  question(
    'who-can',
    'everybody who can do an action on a resource',
    'who-can s3:GetObject arn:aws:s3:::payroll/2026.csv',
  )
    .argument('<action>', 'service:Action')
    .argument('<resource>', 'an ARN, or * for actions that name none')
    .action(async (action: string, resource: string, _flags: QuestionFlags, command: Command) => {
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
    .requiredOption('--used <file>', 'calls: a list, records of CloudTrail, or get-service-last-accessed-details')
    .action(async (principal: string, _flags: QuestionFlags, command: Command) => {
      const { estate, out, flags } = await open(command)
      const { findPrincipal, leastPolicy, readUsed } = await import('../access/index.ts')
      const index = findPrincipal(estate, principal)
      const least = leastPolicy(estate, index, await readUsed(flags.used!))
      if (out.json) out.document({ principal: estate.holders[index]!.arn, ...least })
      else printLeast(out, least)
    })
}

async function open(command: Command) {
  const flags = command.optsWithGlobals<QuestionFlags>()
  const { openAws } = await import('../access/index.ts')
  const estate = await openAws({ from: flags.from, resources: flags.resources, organization: flags.scp })
  return { estate, flags, out: terminal(flags) }
}

export function printDecision(out: Terminal, { verdict, because, layers }: Decision, unknown: readonly string[]): void {
  out.line(`${out.style('bold', verdict)}: ${plain(because)}`)
  out.line()
  out.table(
    ['layer', 'says', 'statements'],
    layers.map(({ name, verdict: says, statements }) => [
      plain(name),
      says === 'no' ? 'allows nothing' : says === 'yes' ? 'allows' : 'depends',
      plain(
        statements
          .map(({ effect, from, applies }) => `${effect}${applies === 'depends' ? ' (depends)' : ''}: ${from}`)
          .join('; '),
      ),
    ]),
  )
  for (const reason of unknown) out.line(`${out.mark('unknown')} not all is known: ${plain(reason)}`)
}

function printLeast(out: Terminal, { policy, replay, ungranted, unneeded }: Least): void {
  out.line(JSON.stringify(policy, null, 2))
  const lost = replay.filter(({ before, after }) => before !== 'no' && after === 'no')
  out.say(`${replay.length} calls asked again: ${replay.length - lost.length} still allowed, ${lost.length} lost`)
  for (const call of ungranted) out.say(`seen, though no policy it holds allows it: ${plain(call)}`)
  for (const statement of unneeded) out.say(`no call needed: ${plain(statement)}`)
}
