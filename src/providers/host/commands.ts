/**
 * The only programs that are ever started on a machine. No argument comes from outside, so nothing needs quoting; each
 * only reads.
 */
export const commands = {
  'current-user': ['id', '-u'],
  'auth-journal': [
    'journalctl',
    '--quiet',
    '--no-pager',
    '--output=json',
    '--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_PID',
    '--since=-120days',
    '--lines=50000',
    '--identifier=sshd',
    '--identifier=sshd-session',
    '--identifier=su',
    '--identifier=sudo',
    '--identifier=login',
    '--identifier=CRON',
    '--identifier=cron',
  ],
} as const satisfies Record<string, readonly string[]>

export type CommandName = keyof typeof commands

export const OUTPUT_LIMIT = 32 << 20

/** A journal may be long; a slow command does not mean that the host is gone. */
export const COMMAND_SECONDS = 60
