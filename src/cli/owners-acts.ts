import { type Command, Option } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Asked } from './owners.ts'
import { plain, type Terminal } from './terminal.ts'

interface Acted {
  dryRun: boolean
  done: number
  unchanged: number
  refused: number
  rows: { entity: string; to: string | null; state: string; code: string | null; says: string | null }[]
  undo: string | null
}

interface Team {
  id: string
  name: string
  accountable: { name: string; presence: { state: string } }
  members: { name: string }[]
  owned: number
}

const entityPath = (key: string): string => `/v1/entities/${encodeURIComponent(key)}`

export function addOwnersActs(owners: Command, asked: Asked): void {
  addAssign(owners, asked)
  addAccept(owners, asked)
  addHandover(owners, asked)
  addCertify(owners, asked)
  addTeams(owners, asked)
  owners
    .command('undo')
    .argument('<id>', 'as the command that did it printed it')
    .summary('take back an assignment, an import, a hand-over, accepted suggestions or an answer')
    .addHelpText('after', '\nExample:\n  $ reeve owners undo b12\n')
    .action(async (id: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        const done = await api.request<{ kept: number }>('POST', `/v1/undo/${encodeURIComponent(id)}`)
        if (out.json) out.document(done)
        else out.line(`Taken back.${done.kept > 0 ? ` ${done.kept} were changed since and are left as they are.` : ''}`)
        return EXIT.done
      }),
    )
}

function addAssign(owners: Command, asked: Asked): void {
  owners
    .command('assign')
    .argument('<key>', 'what it is about')
    .argument('<owner>', 'a person by address, key or name, or team:<id>; "nobody" takes the owner away')
    .summary('name who answers for something')
    .option('--backup <person>', 'who gets what the owner leaves undone')
    .option('--reason <text>', 'why')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve owners assign aws:arn:aws:iam::123456789012:role/deploy ada@example.org --backup bo@example.org\n',
    )
    .action(async (key: string, owner: string, flags: { backup?: string; reason?: string }, command: Command) =>
      asked(command, async (api, out) => {
        const reason = flags.reason === undefined ? {} : { reason: flags.reason }
        const done =
          owner === 'nobody'
            ? await api.request<{ undo: string | null }>('DELETE', `${entityPath(key)}/owner`)
            : await api.request<{ undo: string | null }>('PUT', `${entityPath(key)}/owner`, {
                person: owner,
                ...reason,
              })
        if (flags.backup !== undefined)
          await api.request('PUT', `${entityPath(key)}/backup`, { person: flags.backup, ...reason })
        if (out.json) out.document(done)
        else
          out.line(
            undone(
              owner === 'nobody' ? 'Nobody answers for it now.' : `${plain(owner)} answers for it now.`,
              done.undo,
            ),
          )
        return EXIT.done
      }),
    )
}

function addAccept(owners: Command, asked: Asked): void {
  owners
    .command('accept')
    .argument('[key...]', 'whose suggestions')
    .summary('accept suggested owners, in one go')
    .option('--all', 'every suggestion there is')
    .option('--dry-run', 'say what would be done, and change nothing')
    .addHelpText('after', '\nExample:\n  $ reeve owners accept --all --dry-run\n')
    .action(async (keys: string[], flags: { all?: boolean; dryRun?: boolean }, command: Command) =>
      asked(command, async (api, out) => {
        if ((keys.length === 0) === !flags.all)
          throw new ReeveError('use/accept', 'accepting suggestions: give keys, or --all for every suggestion there is')
        const body = { ...(flags.all ? { all: true } : { entities: keys }), dryRun: flags.dryRun === true }
        return printActed(await api.request<Acted>('POST', '/v1/owners/accept', body), out)
      }),
    )
}

function addHandover(owners: Command, asked: Asked): void {
  owners
    .command('handover')
    .argument('<person>', 'who hands over: a key or an address')
    .summary('give what a person answers for to others, in one step')
    .option('--to <owner>', 'who gets all of it, teams and backups too: a person, or team:<id>')
    .option('--suggested', 'each to whom `leaving` proposes')
    .option('--dry-run', 'say what would be done, and change nothing')
    .addHelpText('after', '\nExample:\n  $ reeve owners handover ada@example.org --to bo@example.org --dry-run\n')
    .action(async (person: string, flags: { to?: string; suggested?: boolean; dryRun?: boolean }, command: Command) =>
      asked(command, async (api, out) => {
        if (flags.to === undefined && !flags.suggested)
          throw new ReeveError('use/handover', 'handing over: say to whom with --to, or --suggested')
        const body = {
          ...(flags.to === undefined ? {} : { to: flags.to }),
          suggested: flags.suggested === true,
          dryRun: flags.dryRun === true,
        }
        return printActed(
          await api.request<Acted>('POST', `/v1/owners/people/${personPath(person)}/handover`, body),
          out,
        )
      }),
    )
}

function addCertify(owners: Command, asked: Asked): void {
  owners
    .command('certify')
    .argument('<key>', 'what it is about')
    .summary('record what an owner says of a thing; the record is never changed')
    .addOption(
      new Option('--answer <answer>', 'what they say')
        .choices(['mine', 'not-mine', 'not-needed'])
        .makeOptionMandatory(),
    )
    .option('--person <person>', 'who says so, when it is not you')
    .option('--to <owner>', 'of not-mine: whose it is')
    .option('--note <text>', 'in their words')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve owners certify aws:arn:aws:iam::123456789012:role/deploy --answer mine --person ada@example.org\n',
    )
    .action(
      async (
        entity: string,
        flags: { answer: string; person?: string; to?: string; note?: string },
        command: Command,
      ) =>
        asked(command, async (api, out) => {
          const { answer, person, to, note } = flags
          const body = {
            entity,
            answer,
            ...Object.fromEntries(Object.entries({ person, to, note }).filter(([, given]) => given !== undefined)),
          }
          const done = await api.request<{ undo: string; certification: string; left: number }>(
            'POST',
            '/v1/inbox/answers',
            body,
          )
          if (out.json) out.document(done)
          else out.line(undone(`Recorded as number ${done.certification}; ${done.left} wait still.`, done.undo))
          return EXIT.done
        }),
    )
}

function addTeams(owners: Command, asked: Asked): void {
  const teams = owners
    .command('teams')
    .summary('teams that answer for things, each through one accountable person')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve owners teams set platform --name Platform --accountable ada@example.org --member bo@example.org\n',
    )
    .action(async (_flags, command: Command) =>
      asked(command, async (api, out) => {
        const page = await api.request<{ rows: Team[] }>('GET', '/v1/teams')
        if (out.json) out.document(page)
        else
          out.table(
            ['id', 'name', 'accountable', 'members', 'owns'],
            page.rows.map((team) => [
              team.id,
              plain(team.name),
              `${plain(team.accountable.name)}${team.accountable.presence.state === 'left' ? ', who has left' : ''}`,
              String(team.members.length),
              String(team.owned),
            ]),
          )
        return EXIT.done
      }),
    )
  teams
    .command('set')
    .argument('<id>', 'small letters, digits and hyphens')
    .summary('make a team, or change it')
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--accountable <person>', 'the one who answers for it')
    .option('--member <person>', 'once for each', (one: string, all: string[]) => [...all, one], [] as string[])
    .option('--contact <text>', 'how it is reached')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve owners teams set platform --name Platform --accountable ada@example.org\n',
    )
    .action(
      async (
        id: string,
        flags: { name: string; accountable: string; member: string[]; contact?: string },
        command: Command,
      ) =>
        asked(command, async (api, out) => {
          const { name, accountable, member: members, contact } = flags
          const done = await api.request<{ team: Team; undo: string | null }>(
            'PUT',
            `/v1/teams/${encodeURIComponent(id)}`,
            {
              name,
              accountable,
              members,
              ...(contact === undefined ? {} : { contact }),
            },
          )
          if (out.json) out.document(done)
          else
            out.line(
              undone(`${plain(done.team.name)} answers through ${plain(done.team.accountable.name)}.`, done.undo),
            )
          return EXIT.done
        }),
    )
  teams
    .command('end')
    .argument('<id>')
    .summary('end a team that answers for nothing any more')
    .addHelpText('after', '\nExample:\n  $ reeve owners teams end platform\n')
    .action(async (id: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        await api.request('DELETE', `/v1/teams/${encodeURIComponent(id)}`)
        if (out.json) out.document({ id, ended: true })
        else out.line('The team is ended.')
        return EXIT.done
      }),
    )
}

/** Refused rows end it with status 4: not all was done. */
function printActed(acted: Acted, out: Terminal): number {
  if (out.json) out.document(acted)
  else {
    for (const row of acted.rows.slice(0, 200)) {
      const came = row.state === 'refused' ? `refused: ${plain(row.says ?? '')} (${row.code})` : row.state
      out.line(`  ${plain(row.entity).slice(0, 80)}  ${row.to === null ? '' : `to ${plain(row.to)}  `}${came}`)
    }
    out.line(
      undone(
        `${acted.dryRun ? 'Would be done' : 'Done'}: ${acted.done}; so already: ${acted.unchanged}; refused: ${acted.refused}.`,
        acted.undo,
      ),
    )
  }
  return acted.refused > 0 ? EXIT.incomplete : EXIT.done
}

export const undone = (says: string, undo: string | null): string =>
  undo === null ? says : `${says} To take it back: reeve owners undo ${undo}`

/** A bare address is a person of that address. */
export const personPath = (person: string): string =>
  encodeURIComponent(/^[^:]+@[^:]+$/.test(person) ? `person:${person.toLowerCase()}` : person)
