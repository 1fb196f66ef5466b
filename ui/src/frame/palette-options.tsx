/** What the finder offers for a text: what has this id or name, findings, what may be done, pages. */
import { go, to } from '../address.tsx'
import { useMay } from '../asking.ts'
import { turnTheme } from '../liking.ts'
import type { Found, Hit } from '../nouns.ts'
import { copyText } from '../parts/copy.tsx'
import { Icon } from '../parts/icon.tsx'
import { KindIcon } from '../parts/kind-icon.tsx'
import { Mark } from '../parts/mark.tsx'
import { date } from '../words.ts'
import { type Place, useMyPlaces } from './places.ts'
import { pickDay } from './then.tsx'

export interface Option {
  id: string
  group: string
  /** What choosing it does, after the finder has closed. */
  act: () => void
  title: string
  sub?: string
  picture: React.ReactNode
  hit?: Hit
}

/** Cards opened from here, while the window is open; ids only, never what was typed. */
const recent: Option[] = []
export function remember(option: Option): void {
  if (!option.hit || recent.some((other) => other.id === option.id)) return
  recent.unshift({ ...option, group: 'Recent' })
  recent.length = Math.min(recent.length, 6)
}

const toHref = (href: string) => () => go(href)
const CONTAINED = new Set(['identity', 'credential', 'secret'])

export function useOptions(text: string, found: Found | undefined): Option[] {
  const places = useMyPlaces()
  const [owner, operator, admin] = [useMay('owner'), useMay('operator'), useMay('admin')]
  const fits = ({ title }: { title: string }) => title.toLowerCase().includes(text.toLowerCase())
  const exact = (found?.hits ?? []).filter((hit) => hit.exact)
  return [
    ...exact.map(optionOf),
    ...(operator ? exact.filter(canContain).slice(0, 1).map(contain) : []),
    ...exact
      .filter(({ entity }) => entity.gone === null)
      .slice(0, 1)
      .flatMap(pathsOf),
    ...(found?.hits ?? []).filter((hit) => !hit.exact).map(optionOf),
    ...(found?.findings ?? []).map((finding) => ({
      id: `finding ${finding.id}`,
      group: 'Findings',
      act: toHref(to.finding(finding.id)),
      title: finding.says,
      picture: <Mark of={finding.mark} />,
    })),
    ...(text === '' ? recent : []),
    ...places.map(pageOf).filter(fits),
    ...actionsOf({ owner, admin }).filter(fits),
  ]
}

const optionOf = (hit: Hit): Option => ({
  id: `hit ${hit.entity.key}`,
  group: hit.exact ? 'Exactly this' : 'By name',
  act: toHref(to.entity(hit.entity.key)),
  title: hit.entity.name,
  sub: hit.entity.gone ? `deleted ${date(hit.entity.gone)}` : hit.entity.key,
  picture: <KindIcon kind={hit.entity.kind} type={hit.entity.type} named />,
  hit,
})

const canContain = ({ entity }: Hit): boolean =>
  entity.gone === null && entity.kind !== null && CONTAINED.has(entity.kind)

/** At 03:00 the first question is who breaks with it. */
const contain = (hit: Hit): Option => ({
  id: `contain ${hit.entity.key}`,
  group: 'What to do with it',
  act: toHref(`${to.entity(hit.entity.key)}#use`),
  title: 'Contain it: who uses it first, then what would break',
  picture: <Icon name="wrench" />,
  hit,
})

/** What leads there, and where it leads. */
const pathsOf = ({ entity: { key } }: Hit): Option[] =>
  (['from', 'to'] as const).map((end) => ({
    id: `paths ${end} ${key}`,
    group: 'What to do with it',
    act: toHref(to.reach({ [end]: key })),
    title: `Paths ${end} it`,
    picture: <Icon name="reach" />,
  }))

const pageOf = (place: Place): Option => ({
  id: `page ${place.href}`,
  group: 'Pages',
  act: toHref(place.href),
  title: place.title,
  picture: <Icon name={place.icon} />,
})

const actionsOf = ({ owner, admin }: { owner: boolean; admin: boolean }): Option[] => [
  ...(owner
    ? [
        {
          id: 'action inbox',
          group: 'Actions',
          act: toHref('/inbox'),
          title: 'Answer what waits for you',
          picture: <Icon name="inbox" />,
        },
      ]
    : []),
  ...(admin
    ? [
        {
          id: 'action connect',
          group: 'Actions',
          act: toHref('/connections/new'),
          title: 'Connect a source',
          picture: <Icon name="connections" />,
        },
      ]
    : []),
  {
    id: 'action theme',
    group: 'Actions',
    act: turnTheme,
    title: 'Turn light or dark',
    picture: <Icon name="check" />,
  },
  {
    id: 'action address',
    group: 'Actions',
    act: () => void copyText(window.location.href, 'The address is'),
    title: 'Copy the address of this page',
    picture: <Icon name="link" />,
  },
  {
    id: 'action earlier',
    group: 'Actions',
    act: pickDay,
    title: 'See the estate as of an earlier day…',
    sub: 'as it was known then',
    picture: <Icon name="expiry" />,
  },
]
