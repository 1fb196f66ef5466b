import type { RisingEdge } from '../access/index.ts'
import { plain, type Terminal } from './terminal.ts'

const SHOWN = 30

interface RisingRow {
  principal: string
  isAdmin: boolean
  paths: RisingEdge[][]
}

/** What a system calls its mighty. */
interface Words {
  counted: string
  admin: string
  admins: string
  reach: string
}

/** Who could become more, for people: those who get all power, then those who reach something. */
export function printRising(out: Terminal, rows: readonly RisingRow[], all: boolean, words: Words): void {
  const admins = rows.filter(({ isAdmin }) => isAdmin)
  const rising = rows.filter(({ paths }) => paths.some((path) => path.at(-1)?.to === 'admin'))
  const reaching = rows.filter((row) => row.paths.length > 0 && !rising.includes(row))
  out.line(
    `${rows.length} ${words.counted}: ${admins.length} are ${words.admins}, ${rising.length} can become one, ${reaching.length} ${words.reach}`,
  )
  for (const [title, list] of [
    [`Can become ${words.admin}`, rising],
    ['Reach more', reaching],
  ] as const) {
    if (list.length === 0) continue
    out.line()
    out.line(out.style('bold', title))
    const shown = all ? list : list.slice(0, SHOWN)
    out.table(
      ['who', 'how'],
      shown.flatMap(({ principal, paths }) =>
        (all ? paths : paths.slice(0, 1)).map((path) => [plain(principal), plain(pathText(path, words.admin))]),
      ),
    )
    if (shown.length < list.length)
      out.line(out.style('dim', `and ${list.length - shown.length} more; --all shows them`))
  }
}

const stepText = (admin: string, { to, actions, object, dependsOn }: RisingEdge): string =>
  `${actions.join(' + ')}${object ? ` (${object})` : ''} → ${to === 'admin' ? admin : to}${dependsOn ? `, depending on ${dependsOn.join('; ')}` : ''}`

/** The last step of a path that ends at who is mighty already says nothing but that. */
const pathText = (path: readonly RisingEdge[], admin: string): string =>
  path
    .filter(({ actions }) => actions.length > 0)
    .map((edge) => stepText(admin, edge))
    .join('; then ') + (path.at(-1)?.actions.length === 0 && path.at(-1)?.from !== admin ? `, ${admin}` : '')
