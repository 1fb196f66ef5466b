import {
  type Collection,
  type Edge,
  type Entity,
  type SudoItem as Item,
  type JsonValue,
  parseSudoers,
  type Run,
  type Sudoers,
  type SudoGrant,
} from '../../sdk/index.ts'
import { accountsOf } from './accounts.ts'
import { clean, groupKey, type Host, hostKey, keyOf, namesIn, onHost, readText, shortHash, userKey } from './host.ts'
import { rootBy, SudoPolicy } from './sudo-members.ts'

type File = Sudoers & { file: string }

const MOST_FILES = 500

export const sudo: Collection<Host> = {
  id: 'sudo',
  title: 'What sudo allows',
  yields: ['linux_sudo_rule'],
  needs: ['read /etc/sudoers and what it includes (root or CAP_DAC_READ_SEARCH)'],
  async *read(host, run) {
    const accounts = await accountsOf(host, run)
    const files = await filesOf(host, run)
    const policy = new SudoPolicy(files, accounts)
    const rules = new Map<string, { entity: Entity; holders: Map<string, Edge> }>()
    let order = 0
    for (const file of files) {
      for (const line of file.unread) run.ledger.refuse(`reading ${file.file}: line ${line} is not understood`)
      for (const grant of file.grants) {
        const applies = policy.appliesTo(grant.hosts, host.name)
        if (applies === false) continue
        if (applies === null)
          run.ledger.refuse(
            `reading ${file.file}: whether line ${grant.line} is about this host cannot be told from its addresses or netgroups`,
          )
        else collect(host, files, policy, file, grant, order++, rules)
      }
    }
    for (const { entity, holders } of rules.values()) {
      yield entity
      yield* holders.values()
      if (entity.attributes.asRoot === true && entity.attributes.rootEquivalent === true) {
        yield {
          from: entity.key,
          verb: 'allows',
          to: hostKey(host),
          attributes: { actions: ['admin'], because: String(entity.attributes.because) },
        }
      }
    }
    for (const assumed of new Set([...rules.values()].flatMap((rule) => assumptions(host, policy, rule))))
      yield JSON.parse(assumed)
  },
}

/** Depth first, in the order sudo reads them: later lines win. */
async function filesOf(host: Host, run: Run): Promise<File[]> {
  const files: File[] = []
  const visit = async (path: string, depth: number): Promise<void> => {
    if (depth > 20 || files.length >= MOST_FILES)
      return void run.ledger.refuse(`reading ${path}: its includes nest too deeply or are too many`)
    const content = await readText(host, run, path)
    if (content === null) return
    const parsed = { ...parseSudoers(content.text), file: path }
    files.push(parsed)
    for (const include of parsed.includes) {
      const named = include.path.replaceAll('%h', host.name.split('.')[0]!)
      const target = named.startsWith('/') ? named : `${path.slice(0, path.lastIndexOf('/'))}/${named}`
      if (!include.folder) await visit(target, depth + 1)
      else
        for (const { name, kind } of await namesIn(host, run, target))
          if (kind !== 'folder' && !name.includes('.') && !name.endsWith('~'))
            await visit(`${target}/${name}`, depth + 1)
    }
  }
  await visit('/etc/sudoers', 0)
  const sources = /^sudoers:\s*(.*)$/m
    .exec((await readText(host, run, '/etc/nsswitch.conf'))?.text ?? '')?.[1]
    ?.match(/\b(ldap|sss)\b/)
  if (sources && files.length > 0)
    run.ledger.refuse(
      `asking ${sources[0]} for sudo rules: nsswitch.conf names it as a further source, and it is not read`,
    )
  return files
}

function collect(
  host: Host,
  files: readonly File[],
  policy: SudoPolicy,
  file: File,
  grant: SudoGrant,
  order: number,
  rules: Map<string, { entity: Entity; holders: Map<string, Edge> }>,
): void {
  const commands = policy.flatten('Cmnd', grant.commands)
  const runAs = grant.runAs === null ? [{ text: 'root', negated: false }] : policy.flatten('Runas', grant.runAs)
  const tags = tagsOf(grant, commands)
  const said = `${Object.keys(tags).length === 0 ? '' : `${JSON.stringify(tags)} `}(${show(runAs)}) ${show(commands)}`
  const byDefault = !defaultAuthenticates(files, '')
  const noPassword = grant.noPassword ?? byDefault
  const key = keyOf(host, `/sudo/${shortHash(`${noPassword} ${said}`)}`)
  const because = rootBy(commands)
  let rule = rules.get(key)
  if (!rule) {
    const asRoot = runAs.some((item) => !item.negated && /^(root|ALL|#0)$/.test(item.text))
    rule = {
      entity: {
        kind: 'entitlement',
        type: 'linux_sudo_rule',
        key,
        name: onHost(host, clean(`sudo ${noPassword ? 'NOPASSWD ' : ''}(${show(runAs)}) ${show(commands)}`, 250)),
        attributes: {
          runAs: runAs.map((item) => clean(write(item), 200)).slice(0, 100),
          commands: commands.map((item) => clean(write(item), 400)).slice(0, 100),
          noPassword,
          ...tags,
          settings: settingsOf(files),
          asRoot,
          rootEquivalent: because !== null,
          privileged: asRoot && because !== null,
          ...(because !== null && { because: clean(because, 400) }),
          places: [],
        } as Entity['attributes'],
      },
      holders: new Map(),
    }
    rules.set(key, rule)
  }
  ;(rule.entity.attributes.places as { file: string; line: number }[]).push({
    file: clean(file.file),
    line: grant.line,
  })
  for (const holder of holdersOf(host, policy, grant)) {
    const known = rule.holders.get(holder.key)
    if (known) {
      ;(known.attributes!['orders'] as number[]).push(order)
      continue
    }
    const free = grant.noPassword ?? !defaultAuthenticates(files, holder.name)
    rule.holders.set(holder.key, {
      from: holder.key,
      verb: 'has',
      to: key,
      // In sudo's order: of what fits, the last decides.
      attributes: { noPassword: free, file: clean(file.file), line: grant.line, orders: [order] },
    })
  }
}

/** What else is said of the commands; nothing where nothing is. */
const tagsOf = ({ noExec, setEnv, timed }: SudoGrant, commands: readonly Item[]): Record<string, JsonValue> => {
  const digests = commands.flatMap(({ digest }, index) => (digest ? [index] : []))
  return {
    ...(noExec !== null && { noExec }),
    ...(setEnv !== null && { setEnv }),
    ...(timed && { timed }),
    ...(digests.length > 0 && { digests }),
  }
}

const TELLING = new Set([
  'runas_default',
  'rootpw',
  'targetpw',
  'runaspw',
  'noexec',
  'setenv',
  'env_keep',
  'authenticate',
])

/** The settings by which a rule gives more, or asks for more, than it says; as they stand, in order. */
const settingsOf = (files: readonly File[]): JsonValue[] =>
  files.flatMap(({ settings }) =>
    settings
      .filter(({ name }) => TELLING.has(name))
      .map(({ of, value, ...rest }) => ({
        ...rest,
        of: clean(of, 200),
        value: typeof value === 'string' ? clean(value, 2_000) : value,
      })),
  )

const write = (item: Item): string => `${item.negated ? '!' : ''}${item.text}`
const show = (items: readonly Item[]): string => items.map(write).join(', ') || 'oneself'

/** The last `authenticate` that is about all or about the account. */
const defaultAuthenticates = (files: readonly File[], account: string): boolean =>
  files.flatMap((file) => file.defaults).findLast((one) => one.scope === '' || one.scope === account)?.authenticate ??
  true

function holdersOf(host: Host, policy: SudoPolicy, grant: SudoGrant): { key: string; name: string }[] {
  const items = policy.flatten('User', grant.users, 5000)
  const user = (name: string) => ({ key: userKey(host, name), name })
  // With exceptions or ALL a group edge would say too much: then each account is asked.
  if (items.some((item) => item.negated || item.text === 'ALL' || item.text.startsWith('#'))) {
    return policy.accounts.users.filter((one) => policy.includes(grant.users, one)).map((one) => user(one.name))
  }
  return items.flatMap(({ text }) => {
    if (text.startsWith('+')) return []
    if (!text.startsWith('%')) return [user(text)]
    const group = text.startsWith('%#')
      ? policy.accounts.groups.find((one) => String(one.gid) === text.slice(2))?.name
      : text.slice(1).replace(/^:/, '')
    return group === undefined ? [] : [{ key: groupKey(host, group), name: text }]
  })
}

/** Who may act as which other account, without being root. Serialised, so that equal edges fall together. */
function assumptions(
  host: Host,
  policy: SudoPolicy,
  { entity, holders }: { entity: Entity; holders: Map<string, Edge> },
): string[] {
  const targets = (entity.attributes.runAs as string[]).filter((name) => !/^(!.*|ALL|root|#0|%.*)$/.test(name))
  const accounts = policy.accounts.users
  return [...holders.values()].flatMap((edge) => {
    const from = accounts.find((one) => userKey(host, one.name) === edge.from)
    if (!from) return []
    return targets.flatMap((target) => {
      const to = accounts.find((one) => one.name === target || `#${one.uid}` === target)
      return to && to !== from
        ? [
            JSON.stringify({
              from: edge.from,
              verb: 'assumes',
              to: userKey(host, to.name),
              attributes: { via: 'sudo' },
            }),
          ]
        : []
    })
  })
}
