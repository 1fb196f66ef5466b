import { instant } from './arn.ts'

export interface ReportRow {
  arn: string
  user: string
  created: string | undefined
  password: { enabled: boolean; changed: string | undefined; used: string | undefined }
  mfa: boolean
  /** The first and second key, where there are such. */
  keys: {
    number: 1 | 2
    active: boolean
    rotated: string | undefined
    used: string | undefined
    region: string | undefined
    service: string | undefined
  }[]
  certificates: { active: boolean; rotated: string | undefined }[]
  /** Of the password or a key, whichever was later. */
  lastUsed: { value: string } | undefined
}

export interface Report {
  users: ReadonlyMap<string, ReportRow>
  /** The row of the root user. */
  root: ReportRow | undefined
  account: string | undefined
  /** Lines that are not as they should be: number and why. */
  faults: { line: number; says: string }[]
}

/** What must be there for a row to mean anything. */
const NEEDED = ['user', 'arn', 'password_enabled', 'mfa_active', 'access_key_1_active', 'access_key_2_active']
const ROOT = '<root_account>'

/** Reads the CSV of `get-credential-report`. A wrong line is a fault with its number, and the others still count. */
export function readReport(text: string): Report {
  const rows = csvRows(text.replace(/^\uFEFF/, ''))
  const head = rows.next().value?.cells.map((cell) => cell.trim()) ?? []
  const missing = NEEDED.filter((name) => !head.includes(name))
  if (missing.length > 0)
    return {
      users: new Map(),
      root: undefined,
      account: undefined,
      faults: [{ line: 1, says: `there is no column ${missing.join(', ')}` }],
    }
  const users = new Map<string, ReportRow>()
  const faults: Report['faults'] = []
  let root: ReportRow | undefined
  for (const { line, cells } of rows) {
    if (cells.length === 1 && cells[0]!.trim() === '') continue
    if (cells.length !== head.length) {
      faults.push({ line, says: `it has ${cells.length} cells, not ${head.length}` })
      continue
    }
    const row = rowOf(Object.fromEntries(head.map((name, index) => [name, cells[index]!.trim()])))
    if (!/^arn:aws[\w-]*:iam::\d{12}:/.test(row.arn)) faults.push({ line, says: 'its arn is not one of IAM' })
    else if (users.has(row.arn)) faults.push({ line, says: 'its user stands above already' })
    else if (row.user === ROOT) root = row
    else users.set(row.arn, row)
  }
  const first = root ?? users.values().next().value
  return { users, root, account: first?.arn.split(':')[4], faults }
}

function rowOf(cell: Record<string, string>): ReportRow {
  const time = (name: string) => (/^\d{4}-/.test(cell[name] ?? '') ? instant(cell[name]) : undefined)
  const word = (name: string) =>
    /^(N\/A|no_information|not_supported|)$/.test(cell[name] ?? '') ? undefined : cell[name]
  const yes = (name: string) => cell[name]?.toLowerCase() === 'true'
  const keys = ([1, 2] as const).flatMap((number) => {
    const of = `access_key_${number}`
    const [active, rotated] = [yes(`${of}_active`), time(`${of}_last_rotated`)]
    if (!active && rotated === undefined) return []
    return [
      {
        number,
        active,
        rotated,
        used: time(`${of}_last_used_date`),
        region: word(`${of}_last_used_region`),
        service: word(`${of}_last_used_service`),
      },
    ]
  })
  const used = [time('password_last_used'), ...keys.map((key) => key.used)]
    .filter((one) => one !== undefined)
    .sort()
    .at(-1)
  return {
    arn: cell['arn']!,
    user: cell['user']!,
    created: time('user_creation_time'),
    // For the root user AWS writes not_supported: it always has a password, unless it was taken away centrally.
    password: {
      enabled: yes('password_enabled'),
      changed: time('password_last_changed'),
      used: time('password_last_used'),
    },
    mfa: yes('mfa_active'),
    keys,
    certificates: ([1, 2] as const).flatMap((number) => {
      const rotated = time(`cert_${number}_last_rotated`)
      return rotated === undefined && !yes(`cert_${number}_active`)
        ? []
        : [{ active: yes(`cert_${number}_active`), rotated }]
    }),
    lastUsed: used === undefined ? undefined : { value: used },
  }
}

/** Rows of RFC 4180, with the line each begins on. */
function* csvRows(text: string): Generator<{ line: number; cells: string[] }, undefined> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const begun = line
    const cells: string[] = []
    for (;;) {
      let cell = ''
      if (text[at] === '"') {
        let end = at + 1
        while (end < text.length && !(text[end] === '"' && text[end + 1] !== '"')) end += text[end] === '"' ? 2 : 1
        cell = text.slice(at + 1, end).replaceAll('""', '"')
        line += cell.split('\n').length - 1
        at = end + 1
      }
      let end = at
      while (end < text.length && text[end] !== ',' && text[end] !== '\n') end++
      cells.push(cell + text.slice(at, end).replace(/\r$/, ''))
      at = end + 1
      if (end >= text.length || text[end] === '\n') break
    }
    line++
    yield { line: begun, cells }
  }
}
