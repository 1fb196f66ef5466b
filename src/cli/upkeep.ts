import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, terminal } from './terminal.ts'

const passphrase = (flags: { passphraseFile?: string }): string | undefined => {
  if (flags.passphraseFile === undefined) return undefined
  try {
    return readFileSync(flags.passphraseFile, 'utf8').trim()
  } catch (cause) {
    throw new ReeveError('use/no-file', `reading the passphrase: ${flags.passphraseFile} cannot be read`, { cause })
  }
}

/** Rules, and what keeps an installation well. */
export function addUpkeep(program: Command, reeve: Reeve): void {
  const answer = (command: Command) => terminal(command.optsWithGlobals<OutputOptions>())

  program
    .command('rules')
    .summary('what is checked, and why')
    .addHelpText('after', '\nExample:\n  $ reeve rules --json\n')
    .action(async (_flags, command: Command) => {
      const out = answer(command)
      const rules = await reeve.rules()
      if (out.json) out.document({ rules })
      else
        out.table(
          ['rule', 'severity', 'risk', 'checks'],
          rules.map((rule) => [rule.id, rule.severity, rule.owasp.join(' '), rule.title]),
        )
    })

  const audit = program.command('audit').summary('the trail of what was done through Reeve')
  audit
    .command('verify')
    .summary('check that no entry was altered, removed or put in')
    .addHelpText('after', '\nExample:\n  $ reeve audit verify\n')
    .action(async (_flags, command: Command) => {
      const out = answer(command)
      const result = await reeve.verifyAudit()
      if (out.json) out.document(result)
      else out.line(result.says)
      process.exitCode = result.ok ? EXIT.done : EXIT.findings
    })

  program
    .command('backup')
    .argument('<file>')
    .summary('everything in one file; works while the server runs')
    .option(
      '--passphrase-file <file>',
      'also put the installation key in, sealed with this passphrase; without it, keep the key file yourself',
    )
    .addHelpText('after', '\nExample:\n  $ reeve backup reeve.backup\n')
    .action(async (file: string, _flags, command: Command) => {
      const { says } = await reeve.backup(file, passphrase(command.opts()))
      answer(command).say(says)
    })

  program
    .command('restore')
    .argument('<file>')
    .summary('a backup into an empty data folder or database')
    .option('--passphrase-file <file>', 'of the backup, when it holds the installation key')
    .addHelpText('after', '\nExample:\n  $ REEVE_DATA=/srv/reeve reeve restore reeve.backup\n')
    .action(async (file: string, _flags, command: Command) => {
      const { says } = await reeve.restore(file, passphrase(command.opts()))
      answer(command).say(says)
    })

  program
    .command('admin-link')
    .summary('a new one-time link to sign in as administrator')
    .addHelpText('after', '\nExample:\n  $ reeve admin-link\n')
    .action(async (_flags, command: Command) => {
      const out = answer(command)
      const link = await reeve.adminLink()
      if (out.json) out.document({ link })
      else out.line(link)
    })

  program
    .command('doctor')
    .summary('what is wrong with the set-up, and what to do')
    .addHelpText('after', '\nExample:\n  $ reeve doctor\n')
    .action(async (_flags, command: Command) => {
      const out = answer(command)
      const checks = await reeve.doctor()
      if (out.json) out.document({ checks })
      else {
        for (const check of checks) {
          out.line(
            `${check.ok ? out.style('green', '✓') : out.style('red', '✗')} ${check.what}: ${plain(check.detail)}`,
          )
          if (!check.ok && check.fix) out.line(`    ${plain(check.fix)}`)
        }
      }
      process.exitCode = checks.every((check) => check.ok) ? EXIT.done : EXIT.failed
    })

  const config = program.command('config').summary('settings')
  config
    .command('explain')
    .summary('each setting: its value, where it came from, what it does')
    .addHelpText('after', '\nExample:\n  $ reeve config explain\n')
    .action((_flags, command: Command) => {
      const out = answer(command)
      const settings = reeve.explainConfig()
      if (out.json) out.document({ settings })
      else
        for (const one of settings)
          out.line(`${out.style('bold', one.key)} = ${one.value}  (${one.from})\n    ${one.description}`)
    })
}
