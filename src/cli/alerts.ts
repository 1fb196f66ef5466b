import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { type Asked, addChannels } from './alerts-channels.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

interface Alert {
  severity: string
  event: string
  says: string
  owner: string | null
  opened: string
  closed: string | null
}

interface Delivery {
  id: string
  channel: string
  recipient: string | null
  title: string
  state: string
  attempts: number
  next: string | null
  error: { code: string; message: string } | null
}

export function addAlerts(program: Command, reeve: Reeve): void {
  const alerts = program
    .command('alerts')
    .summary('who is told of what: open alerts, channels, tests, deliveries')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve alerts channels add slack --set url=env:SLACK_WEBHOOK\n  $ reeve alerts test slack\n',
    )
  const asked: Asked = async (command, act) => {
    process.exitCode = await withApi(reeve, (api) => act(api, terminal(command.optsWithGlobals<OutputOptions>())))
  }
  addList(alerts, asked)
  addChannels(alerts, asked)
  addTest(alerts, asked)
  addDeliveries(alerts, asked)
}

function addList(alerts: Command, asked: Asked): void {
  alerts
    .command('list')
    .summary('what holds that somebody has to be told; --closed for what closed by itself')
    .option('--closed', 'those that closed, the last first')
    .option('--event <event>', 'ending, age, finding, privilege or ownership')
    .addHelpText('after', '\nExample:\n  $ reeve alerts list --event ending\n')
    .action(async (flags: { closed?: boolean; event?: string }, command: Command) =>
      asked(command, async (api, out) => {
        const query = new URLSearchParams({
          limit: '500',
          closed: String(flags.closed === true),
          ...(flags.event === undefined ? {} : { event: flags.event }),
        })
        const page = await api.request<{ rows: Alert[]; total: number }>('GET', `/v1/alerts?${query}`)
        if (out.json) out.document(page)
        else if (page.rows.length === 0)
          out.line(flags.closed ? 'Nothing has closed yet.' : 'Nobody has to be told of anything now.')
        else {
          out.table(
            ['severity', 'about', 'what', 'who answers', flags.closed ? 'why it closed' : 'since'],
            page.rows.map((row) =>
              [
                row.severity,
                row.event,
                row.says,
                row.owner ?? 'nobody',
                (flags.closed ? row.closed : row.opened) ?? '',
              ].map(plain),
            ),
          )
          if (page.total > page.rows.length) out.line(`${page.rows.length} of ${page.total} are shown.`)
        }
        return EXIT.done
      }),
    )
}

function addTest(alerts: Command, asked: Asked): void {
  alerts
    .command('test')
    .argument('<channel>')
    .summary('send a test message and say what came of it')
    .option('--to <address>', 'for mail: to whom, instead of the addresses of the channel')
    .addHelpText('after', '\nExample:\n  $ reeve alerts test mail --to you@example.org\n')
    .action(async (channel: string, { to }: { to?: string }, command: Command) =>
      asked(command, async (api, out) => {
        const tested = await api.request<{
          ok: boolean
          recipients: string[]
          error: { code: string; message: string } | null
        }>('POST', '/v1/alerts/channels/test', {
          channel,
          ...(to === undefined ? {} : { to }),
        })
        if (!tested.ok)
          throw new ReeveError(
            tested.error?.code ?? 'alert/undelivered',
            tested.error?.message ?? 'the test was not taken',
          )
        if (out.json) out.document(tested)
        else
          out.line(
            `The test was taken${tested.recipients.length > 0 ? ` for ${tested.recipients.join(', ')}` : ''}: look whether it arrived.`,
          )
        return EXIT.done
      }),
    )
}

function addDeliveries(alerts: Command, asked: Asked): void {
  alerts
    .command('deliveries')
    .summary('what went out or waits, how often it was tried, and why it was not taken')
    .option('--state <state>', 'waiting, sending, sent or dead')
    .option('--channel <channel>', 'of one channel')
    .addHelpText('after', '\nExample:\n  $ reeve alerts deliveries --state dead\n')
    .action(async (flags: { state?: string; channel?: string }, command: Command) =>
      asked(command, async (api, out) => {
        const query = new URLSearchParams({
          limit: '200',
          ...(flags.state === undefined ? {} : { state: flags.state }),
          ...(flags.channel === undefined ? {} : { channel: flags.channel }),
        })
        const page = await api.request<{ rows: Delivery[]; waiting: number; dead: number }>(
          'GET',
          `/v1/alerts/deliveries?${query}`,
        )
        if (out.json) out.document(page)
        else {
          out.table(
            ['delivery', 'channel', 'what', 'state', 'tries', 'why'],
            page.rows.map((row) =>
              [
                row.id,
                `${row.channel}${row.recipient === null ? '' : ` ${row.recipient}`}`,
                row.title,
                row.state,
                String(row.attempts),
                row.error === null ? '' : `${row.error.message} (${row.error.code})`,
              ].map(plain),
            ),
          )
          out.line(`${page.waiting} wait, ${page.dead} were given up.`)
        }
        return EXIT.done
      }),
    )

  alerts
    .command('retry')
    .argument('<delivery>')
    .summary('try again what was given up, or waits')
    .addHelpText('after', '\nExample:\n  $ reeve alerts retry 0b0c…\n')
    .action(async (delivery: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        await api.request('POST', `/v1/alerts/deliveries/${encodeURIComponent(delivery)}/retry`, {})
        if (out.json) out.document({ retried: delivery })
        else out.line('It goes at the next chance: see reeve alerts deliveries.')
        return EXIT.done
      }),
    )
}
