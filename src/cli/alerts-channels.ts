import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import { type Form, settingsFor } from './sources.ts'
import { type OutputOptions, plain, type Terminal } from './terminal.ts'

/** Does something with the server's answers, and sets the exit status. */
export type Asked = (command: Command, act: (api: Api, out: Terminal) => Promise<number>) => Promise<void>

interface Channel {
  id: string
  title: string
  label: string
  filter: { events: string[]; severity: string; sources: string[]; environments: string[]; owners: string[] }
  paused: boolean
}

const FILTER_LISTS = ['events', 'sources', 'environments', 'owners'] as const
type FilterFlags = { [list in (typeof FILTER_LISTS)[number]]?: string } & { severity?: string; closings?: boolean }
type AddFlags = OutputOptions & FilterFlags & { set: string[]; settings?: string; name?: string }

export function addChannels(alerts: Command, asked: Asked): void {
  const channels = alerts
    .command('channels')
    .summary('where alerts go')
    .addHelpText('after', '\nExample:\n  $ reeve alerts channels\n')
    .action(async (_flags, command: Command) =>
      asked(command, async (api, out) => {
        const page = await api.request<{ rows: Channel[] }>('GET', '/v1/alerts/channels')
        if (out.json) out.document(page)
        else if (page.rows.length === 0)
          out.line('Alerts go nowhere yet. Add a channel with: reeve alerts channels add mail')
        else
          out.table(
            ['channel', 'kind', 'to', 'gets', 'state'],
            page.rows.map((row) => [row.id, row.title, row.label, gets(row), row.paused ? 'paused' : 'on'].map(plain)),
          )
        return EXIT.done
      }),
    )
  addAdd(channels, asked)
  addPause(channels, asked)
  addRemove(channels, asked)
}

function addAdd(channels: Command, asked: Asked): void {
  const add = channels
    .command('add')
    .argument('<kind>', 'mail, slack, teams, pagerduty or webhook')
    .summary('add a channel; asks for what is not given')
    .option(
      '--set <key=value>',
      'a setting; secrets come from a file, the environment or a prompt',
      (pair, all: string[]) => [...all, pair],
      [] as string[],
    )
    .option('--settings <file>', 'a YAML or JSON file of settings; "env:NAME" and "file:PATH" are read from there')
    .option('--name <id>', 'what to call the channel')
    .option('--severity <severity>', 'critical, high or medium: that and what is worse')
    .option('--closings', 'say also what closed by itself')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve alerts channels add mail --set host=smtp.example.org --set from=reeve@example.org --set username=reeve --set password=env:SMTP_PASSWORD\n',
    )
  for (const list of FILTER_LISTS) add.option(`--${list} <list>`, `only these ${list}, with commas between`)
  add.action(async (kind: string, flags: AddFlags, command: Command) =>
    asked(command, async (api, out) => {
      const { rows } = await api.request<{ rows: { id: string; form: Form }[] }>('GET', '/v1/alerts/kinds')
      const form = rows.find(({ id }) => id === kind)?.form
      if (!form)
        throw new ReeveError(
          'use/kind',
          `adding a channel: there is no kind ${kind}; there are ${rows.map(({ id }) => id).join(', ')}`,
        )
      const channel = await api.request<Channel>('POST', '/v1/alerts/channels', {
        kind,
        settings: await settingsFor(form, flags),
        filter: filterOf(flags),
        ...(flags.name === undefined ? {} : { id: flags.name }),
      })
      if (out.json) out.document(channel)
      else out.line(`Alerts go to ${plain(channel.label)} from now on. Try it with: reeve alerts test ${channel.id}`)
      return EXIT.done
    }),
  )
}

function addPause(channels: Command, asked: Asked): void {
  for (const [word, paused, says] of [
    ['pause', true, 'is paused: what comes meanwhile is not told there'],
    ['resume', false, 'gets alerts again'],
  ] as const) {
    channels
      .command(word)
      .argument('<channel>')
      .summary(paused ? 'tell a channel nothing for a while' : 'tell a paused channel again')
      .addHelpText('after', `\nExample:\n  $ reeve alerts channels ${word} slack\n`)
      .action(async (channel: string, _flags, command: Command) =>
        asked(command, async (api, out) => {
          const row = await api.request<Channel>('PATCH', `/v1/alerts/channels/${encodeURIComponent(channel)}`, {
            paused,
          })
          if (out.json) out.document(row)
          else out.line(`${row.id} ${says}.`)
          return EXIT.done
        }),
      )
  }
}

function addRemove(channels: Command, asked: Asked): void {
  channels
    .command('remove')
    .argument('<channel>')
    .summary('forget a channel, its secrets, and what waited to go there')
    .addHelpText('after', '\nExample:\n  $ reeve alerts channels remove slack\n')
    .action(async (channel: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        await api.request('DELETE', `/v1/alerts/channels/${encodeURIComponent(channel)}`)
        if (out.json) out.document({ removed: channel })
        else out.line(`${plain(channel)} is removed.`)
        return EXIT.done
      }),
    )
}

const filterOf = (flags: FilterFlags): Record<string, unknown> => ({
  ...Object.fromEntries(
    FILTER_LISTS.flatMap((list) =>
      flags[list] === undefined ? [] : [[list, flags[list].split(',').map((one) => one.trim())]],
    ),
  ),
  ...(flags.severity === undefined ? {} : { severity: flags.severity }),
  ...(flags.closings ? { closings: true } : {}),
})

const gets = ({ filter: { events, severity, sources, environments, owners } }: Channel): string =>
  [
    `${events.length === 0 ? 'everything' : events.join(', ')} from ${severity} up`,
    ...(sources.length > 0 ? [`of ${sources.join(', ')}`] : []),
    ...(environments.length > 0 ? [`in ${environments.join(', ')}`] : []),
    ...(owners.length > 0 ? [`of ${owners.join(', ')}`] : []),
  ].join(' ')
