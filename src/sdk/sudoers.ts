/** sudoers(5), parsed for what it grants. Nothing throws and nothing recurses without bounds: the text may be hostile. */

export interface SudoItem {
  /** As written, without the exclamation marks: `%admin`, `#0`, `ALL`, `/usr/bin/less *`. */
  text: string
  negated: boolean
  /** A command that must have this digest, whatever its name says. */
  digest?: true
}

export interface SudoGrant {
  users: SudoItem[]
  hosts: SudoItem[]
  /** Null where nothing is said: root. Empty: as oneself, with other groups. */
  runAs: SudoItem[] | null
  /** Groups that may be taken with `-g`. */
  runAsGroups: SudoItem[]
  commands: SudoItem[]
  /** `NOEXEC`, `SETENV`; null where neither is said. */
  noExec: boolean | null
  setEnv: boolean | null
  /** Holds only between dates, which are read by nobody here. */
  timed: boolean
  /** Null where neither NOPASSWD nor PASSWD is said: `Defaults` decide. */
  noPassword: boolean | null
  line: number
}

export interface SudoSetting {
  /** For whom: all, a user list, a host, a command, or whom it is run as. */
  scope: '' | ':' | '@' | '!' | '>'
  of: string
  name: string
  value: boolean | string
  operator: '=' | '+=' | '-='
  line: number
}

export type SudoAliasKind = 'User' | 'Runas' | 'Host' | 'Cmnd'

export interface Sudoers {
  grants: SudoGrant[]
  aliases: { kind: SudoAliasKind; name: string; items: SudoItem[] }[]
  /** `authenticate` settings; scope empty for all. */
  defaults: { scope: string; authenticate: boolean; line: number }[]
  /** All settings of `Defaults` lines: `!env_reset` is false, `env_keep += X` has its values. */
  settings: SudoSetting[]
  includes: { path: string; folder: boolean }[]
  /** Lines that could not be understood. */
  unread: number[]
}

const ALIAS = /^(User|Runas|Host|Cmnd|Cmd)_Alias\s+(.*)$/s
const TAG =
  /^(NOPASSWD|PASSWD|NOEXEC|EXEC|SETENV|NOSETENV|LOG_INPUT|NOLOG_INPUT|LOG_OUTPUT|NOLOG_OUTPUT|MAIL|NOMAIL|FOLLOW|NOFOLLOW|INTERCEPT|NOINTERCEPT)\s*:\s*/
const OPTION =
  /^(?:ROLE|TYPE|PRIVS|LIMITPRIVS|NOTBEFORE|NOTAFTER|TIMEOUT|CWD|CHROOT|APPARMOR_PROFILE)\s*=\s*(?:"[^"]*"|\S+)\s*/
const DIGEST = /^sha(?:224|256|384|512)\s*:\s*[\w+/=]+\s*,?\s*/

export function parseSudoers(text: string): Sudoers {
  const result: Sudoers = { grants: [], aliases: [], defaults: [], settings: [], includes: [], unread: [] }
  for (const { content, line } of statements(text)) {
    const include = /^[@#]include(dir)?\s+("[^"]+"|\S.*)$/.exec(content)
    if (include) {
      result.includes.push({
        path: include[2]!
          .trim()
          .replace(/^"(.*)"$/, '$1')
          .replaceAll('\\ ', ' '),
        folder: include[1] !== undefined,
      })
      continue
    }
    const alias = ALIAS.exec(content)
    const understood = alias
      ? readAliases(alias[1]!, alias[2]!, result)
      : /^Defaults\b/.test(content)
        ? readDefaults(content, line, result)
        : readGrants(content, line, result)
    if (!understood) result.unread.push(line)
  }
  return result
}

function statements(text: string): { content: string; line: number }[] {
  const found: { content: string; line: number }[] = []
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let content = lines[at]!
    while (/(?<!\\)(?:\\\\)*\\$/.test(content) && at + 1 < lines.length)
      content = `${content.slice(0, -1)} ${lines[++at]!.trimStart()}`
    content = withoutComment(content).trim()
    if (content !== '') found.push({ content, line })
  }
  return found
}

/** `#` begins a comment, but not in `#include`, `#1000`, after a backslash or within quotes. */
function withoutComment(line: string): string {
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const char = line[at]
    if (char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (char === '#' && !quoted) {
      const rest = line.slice(at, at + 12)
      if (/^#\d/.test(rest) || (at === 0 && /^#include(dir)?\s/.test(rest))) continue
      return line.slice(0, at)
    }
  }
  return line
}

/** Splits at a character that is neither escaped, quoted nor in brackets. */
function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let start = 0
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (quoted) continue
    else if (char === '(') depth++
    else if (char === ')') depth = Math.max(0, depth - 1)
    else if (char === separator && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

function itemOf(text: string): SudoItem | null {
  const marks = /^[!\s]*/.exec(text)![0]
  const plain = text
    .slice(marks.length)
    .trim()
    .replace(/^([%+]?)"(.*)"$/, '$1$2')
    .replace(/\\([,:=!()"\\ ])/g, '$1')
  return plain === '' ? null : { text: plain, negated: (marks.match(/!/g)?.length ?? 0) % 2 === 1 }
}

const itemsOf = (text: string): SudoItem[] => split(text, ',').flatMap((part) => itemOf(part) ?? [])

function readAliases(kind: string, text: string, into: Sudoers): boolean {
  let all = true
  for (const one of splitAliases(text)) {
    const found = /^\s*([A-Z][A-Z0-9_]*)\s*=(.*)$/s.exec(one)
    if (found)
      into.aliases.push({
        kind: kind === 'Cmd' ? 'Cmnd' : (kind as SudoAliasKind),
        name: found[1]!,
        items: itemsOf(found[2]!),
      })
    else all = false
  }
  return all
}

/** Commands may hold a bare colon (digests, arguments), so an alias ends only where the next begins. */
const splitAliases = (text: string): string[] => text.split(/:(?=\s*[A-Z][A-Z0-9_]*\s*=)/)

function readDefaults(content: string, line: number, into: Sudoers): boolean {
  const found = /^Defaults(?:([@:!>])\s*("[^"]*"|[^\s]+))?\s+(.*)$/s.exec(content)
  if (!found) return /^Defaults\s*$/.test(content)
  for (const setting of split(found[3]!, ',')) {
    const said = /^\s*(!*)\s*([a-z_]+)\s*(?:(\+=|-=|=)\s*(.*))?$/s.exec(setting)
    if (said)
      into.settings.push({
        scope: (found[1] ?? '') as SudoSetting['scope'],
        of: found[2]?.replace(/^"(.*)"$/, '$1') ?? '',
        name: said[2]!,
        value: said[4] === undefined ? said[1]!.length % 2 === 0 : said[4].trim().replace(/^"(.*)"$/s, '$1'),
        operator: (said[3] ?? '=') as SudoSetting['operator'],
        line,
      })
    const authenticate = /^\s*(!*)\s*authenticate\s*$/.exec(setting)
    if (!authenticate || (found[1] !== undefined && found[1] !== ':')) continue
    into.defaults.push({
      scope: found[2]?.replace(/^"(.*)"$/, '$1') ?? '',
      authenticate: authenticate[1]!.length % 2 === 0,
      line,
    })
  }
  return true
}

function readGrants(content: string, line: number, into: Sudoers): boolean {
  const head = takeList(content)
  if (head === null || head.items.length === 0) return false
  let rest = head.rest
  let any = false
  while (rest !== '') {
    const hosts = takeList(rest)
    if (hosts === null || hosts.items.length === 0 || !hosts.rest.startsWith('=')) return any
    const commands = readCommands(hosts.rest.slice(1), head.items, hosts.items, line)
    into.grants.push(...commands.grants)
    any ||= commands.grants.length > 0
    rest = commands.rest
  }
  return any
}

/** Items parted by commas, up to what does not follow a comma. */
function takeList(text: string): { items: SudoItem[]; rest: string } | null {
  const items: SudoItem[] = []
  let rest = text.trimStart()
  for (;;) {
    const found = /^(!\s*)*(?:[%+]:?)?(?:"[^"]*"|(?:\\.|[^\s,=:\\"()])(?:\\.|[^\s,=\\"()])*)/.exec(rest)
    if (!found) return items.length === 0 ? null : { items, rest }
    const item = itemOf(found[0])
    if (item) items.push(item)
    rest = rest.slice(found[0].length).trimStart()
    if (!rest.startsWith(',')) return { items, rest }
    rest = rest.slice(1).trimStart()
  }
}

function readCommands(
  text: string,
  users: SudoItem[],
  hosts: SudoItem[],
  line: number,
): { grants: SudoGrant[]; rest: string } {
  const grants: SudoGrant[] = []
  let said: Omit<SudoGrant, 'users' | 'hosts' | 'commands' | 'line'> = {
    runAs: null,
    runAsGroups: [],
    noPassword: null,
    noExec: null,
    setEnv: null,
    timed: false,
  }
  let rest = text.trimStart()
  while (rest !== '') {
    const given = /^\(([^)]*)\)\s*/.exec(rest)
    if (given) {
      const [names, groups] = given[1]!.split(':')
      const listed = itemsOf(names!)
      said = {
        ...said,
        runAs: listed.length === 0 && groups === undefined ? null : listed,
        runAsGroups: groups === undefined ? [] : itemsOf(groups),
      }
      rest = rest.slice(given[0].length)
    }
    for (let found = OPTION.exec(rest) ?? TAG.exec(rest); found; found = OPTION.exec(rest) ?? TAG.exec(rest)) {
      said = withTag(said, found[1], found[0])
      rest = rest.slice(found[0].length)
    }
    let digest = false
    for (let found = DIGEST.exec(rest); found; found = DIGEST.exec(rest)) {
      rest = rest.slice(found[0].length)
      digest = true
    }
    const end = endOfCommand(rest)
    const command = itemOf(rest.slice(0, end))
    if (command) {
      const item: SudoItem = digest ? { ...command, digest } : command
      const last = grants.at(-1)
      if (last && sameSaid(last, said)) last.commands.push(item)
      else grants.push({ users, hosts, ...said, commands: [item], line })
    }
    const separator = rest[end]
    rest = rest.slice(end + 1).trimStart()
    if (separator === ':') break
  }
  return { grants, rest }
}

const sameSaid = (one: SudoGrant, other: Omit<SudoGrant, 'users' | 'hosts' | 'commands' | 'line'>): boolean =>
  one.runAs === other.runAs &&
  one.noPassword === other.noPassword &&
  one.noExec === other.noExec &&
  one.setEnv === other.setEnv &&
  one.timed === other.timed

/** Tags hold for the commands that follow too; dates for their own line. */
function withTag<Said extends Pick<SudoGrant, 'noPassword' | 'noExec' | 'setEnv' | 'timed'>>(
  said: Said,
  tag: string | undefined,
  text: string,
): Said {
  switch (tag) {
    case 'NOPASSWD':
    case 'PASSWD':
      return { ...said, noPassword: tag === 'NOPASSWD' }
    case 'NOEXEC':
    case 'EXEC':
      return { ...said, noExec: tag === 'NOEXEC' }
    case 'SETENV':
    case 'NOSETENV':
      return { ...said, setEnv: tag === 'SETENV' }
    default:
      return /^NOT(BEFORE|AFTER)/.test(text) ? { ...said, timed: true } : said
  }
}

function endOfCommand(text: string): number {
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (!quoted && (char === ',' || char === ':')) return at
  }
  return text.length
}
