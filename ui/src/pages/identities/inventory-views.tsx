/** Views: addresses of the inventory with a name, as tabs over the list. Those that come with Reeve, the shared ones, and one's own. */
import { useEffect, useRef, useState } from 'react'
import { useAddress, withQuery } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { Counts, Inventory, Kind, View } from '../../nouns.ts'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/name.tsx'
import { count } from '../../words.ts'
import { EditSheet, SaveSheet, type ViewAddress } from './view-sheets.tsx'

const GIVEN: readonly [string, string, readonly Kind[]][] = [
  ['Unowned', 'owner:none', ['identity', 'credential', 'workload', 'resource', 'secret', 'entitlement']],
  ['Owner has left', 'owner:left', ['identity', 'credential', 'workload']],
  ['Last use unknown', 'used:unknown', ['identity', 'credential', 'workload']],
  ['Unused 90 days', 'used:>90d', ['identity', 'credential']],
  ['Key older than a year', 'age:>1y', ['identity', 'credential']],
  ['Ends within 30 days', 'expires:<30d', ['credential']],
  ['Verdict unknown', 'verdict:unknown', ['identity', 'credential', 'workload', 'resource']],
]

const DEFAULT_SORT = 'worst'

const sameAddress = (a: ViewAddress, b: ViewAddress): boolean =>
  a.kind === b.kind && a.q === b.q && a.sort === b.sort && a.columns === b.columns

const hrefOf = ({ id, q, sort, columns }: View): string =>
  withQuery({ view: id, q: q || null, sort: sort === DEFAULT_SORT ? null : sort, cols: columns || null })

export function Views({ here, of, ready }: { here: ViewAddress; of: Inventory | undefined; ready: boolean }) {
  const { query } = useAddress()
  const saved = useAnswer<{ rows: View[] }>('/v1/views').data?.rows.filter((view) => view.kind === here.kind) ?? []
  const given = GIVEN.filter(([, , kinds]) => kinds.includes(here.kind))
  const current = saved.find((view) => view.id === query.get('view')) ?? saved.find((view) => sameAddress(view, here))
  // Counts come when the rows stand: nobody waits for a number of another tab.
  const asked = [...new Set([...given.map(([, word]) => word), ...saved.map(({ q }) => q)])]
  const counts = useAnswer<Counts>(
    ready && asked.length > 0
      ? `/v1/counts?${new URLSearchParams([['kind', here.kind], ...asked.map((q) => ['q', q])])}`
      : null,
    { keep: true },
  )
  const [sheet, setSheet] = useState<null | 'save' | 'edit'>(null)
  const plain = here.sort === DEFAULT_SORT && here.columns === ''
  const isGiven = current === undefined && plain && (here.q === '' || given.some(([, word]) => word === here.q))
  const changed = current !== undefined && !sameAddress(current, here)
  // A tab that is open is seen, also where they are more than fit.
  const tabs = useRef<HTMLElement>(null)
  const open = current?.id ?? here.q
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is open
  useEffect(() => {
    const nav = tabs.current!
    const tab = nav.querySelector<HTMLElement>('[aria-current]')
    if (tab) nav.scrollLeft = Math.max(0, tab.offsetLeft + tab.offsetWidth + 24 - nav.offsetLeft - nav.clientWidth)
  }, [open])
  return (
    <div className="views">
      <nav className="tabs" aria-label="Views" ref={tabs}>
        <a
          href={withQuery({ q: null, view: null, sort: null, cols: null })}
          aria-current={current === undefined && here.q === '' ? 'true' : undefined}
        >
          All {of && <span className="meta">{count(of.ofAll.count)}</span>}
        </a>
        {given.map(([title, word]) => (
          <a
            key={word}
            href={withQuery({ q: word, view: null, sort: null, cols: null })}
            aria-current={current === undefined && here.q === word ? 'true' : undefined}
          >
            {title} <ViewCount of={counts.data} q={word} />
          </a>
        ))}
        {saved.map((view) => (
          <a key={view.id} href={hrefOf(view)} aria-current={view === current ? 'true' : undefined}>
            <Name text={view.name} longest={40} />
            {view.shared && <span className="hidden-text"> shared</span>} <ViewCount of={counts.data} q={view.q} />
          </a>
        ))}
      </nav>
      {current?.mayChange && (
        <button type="button" className="button small bare" onClick={() => setSheet('edit')}>
          <Icon name="settings" />
          {changed ? 'View changed' : 'Edit view'}
        </button>
      )}
      {of !== undefined && ((current === undefined && !isGiven) || (changed && !current.mayChange)) && (
        <button type="button" className="button small bare" onClick={() => setSheet('save')}>
          Save view
        </button>
      )}
      {sheet === 'save' && <SaveSheet here={here} close={() => setSheet(null)} />}
      {sheet === 'edit' && current !== undefined && (
        <EditSheet
          view={current}
          here={here}
          changed={changed}
          close={() => setSheet(null)}
          saveAnew={() => setSheet('save')}
        />
      )}
    </div>
  )
}

function ViewCount({ of, q }: { of: Counts | undefined; q: string }) {
  const found = of?.rows.find((row) => row.q === q)
  if (!found) return null
  return found.count === null ? (
    <span className="unknown" title={found.says ?? ''}>
      <span className="hidden-text">cannot be asked: {found.says}</span>
      <span aria-hidden="true">?</span>
    </span>
  ) : (
    <span className="meta">{count(found.count)}</span>
  )
}
