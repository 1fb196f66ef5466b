/** The picture with what can be done to it: a kind left out, a thing looked at, its neighbours drawn, all of it saved. */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { go, to, withQuery } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { sentenceOf } from '../../http.ts'
import type { Kind, Reach, ReachAround, ReachChokePoints, ReachThing } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Layer } from '../../parts/layer.tsx'
import { saveCsv, savePng, saveSvg } from '../../parts/reach-export.ts'
import { ReachGraph } from '../../parts/reach-graph.tsx'
import type { Place } from '../../parts/reach-layout.ts'
import type { Shown } from '../../parts/reach-picture.ts'
import { count, ENVIRONMENT_WORDS, KIND_WORDS, typeWord } from '../../words.ts'
import { type Asked, aroundPath, keyed, toggled } from './asked.ts'
import { csvOf, drawnOf, hiddenOf } from './drawn.ts'

const KINDS = Object.keys(KIND_WORDS) as Kind[]

export function ReachPicture({
  of,
  asked,
  chokes,
  path,
  title,
}: {
  of: Reach
  asked: Asked
  chokes: ReachChokePoints | undefined
  path: readonly number[]
  title: string
}) {
  const around = useAnswer<ReachAround>(asked.around.length === 0 ? null : aroundPath(asked.around), { keep: true })
  const [pinned, setPinned] = useState<ReadonlyMap<string, Place>>(new Map())
  const drawn = useMemo(() => drawnOf(of, around.data, chokes), [of, around.data, chokes])
  const chosen = asked.thing === null ? -1 : drawn.listed.findIndex(({ key }) => key === asked.thing)
  const shown = useMemo(
    (): Shown => ({
      path: new Set(path),
      chosen: chosen < 0 ? null : chosen,
      hidden: hiddenOf(drawn, asked.hide, path),
      pinned,
    }),
    [path, chosen, drawn, asked.hide, pinned],
  )
  const pin = useCallback((key: string, place: Place) => setPinned((now) => new Map(now).set(key, place)), [])
  const acts = {
    choose: (at: number | null) =>
      go(withQuery({ thing: at === null ? null : drawn.listed[at]!.key }), { replace: true }),
    expand: (at: number) => go(keyed('around', asked.around, drawn.listed[at]!.key)),
    pin,
  }
  return (
    <div className="reach-picture">
      <Wide>
        <ReachGraph of={drawn} shown={shown} title={title} acts={acts} />
      </Wide>
      <Narrow>
        <ReachGraph of={drawn} shown={shown} title={title} acts={acts} />
      </Narrow>
      {chosen >= 0 && (
        <Looked
          of={drawn.listed[chosen]!}
          asked={asked}
          let={pinned.has(asked.thing!) ? () => setPinned((now) => without(now, asked.thing!)) : undefined}
        />
      )}
      <div className="reach-foot">
        <Kinds of={drawn.listed} hide={asked.hide} />
        <Save of={of} save={(as) => void as(drawn, shown, title).catch((error: unknown) => tell(sentenceOf(error)))} />
      </div>
      {around.error !== null && <p className="refusal">{sentenceOf(around.error)}</p>}
      {around.data?.more && <p className="meta">Not all neighbours are drawn: there are too many.</p>}
    </div>
  )
}

const without = (map: ReadonlyMap<string, Place>, key: string) => new Map([...map].filter(([one]) => one !== key))

/** Only what is seen is drawn: a picture that is hidden has no size. */
function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia('(max-width: 760px)').matches)
  useEffect(() => {
    const query = window.matchMedia('(max-width: 760px)')
    const changed = () => setNarrow(query.matches)
    query.addEventListener('change', changed)
    return () => query.removeEventListener('change', changed)
  }, [])
  return narrow
}

const Wide = ({ children }: { children: React.ReactNode }) =>
  useNarrow() ? null : <div className="reach-frame">{children}</div>

/** Where the window is narrow the list is the page, and the picture opens over it. */
function Narrow({ children }: { children: React.ReactNode }) {
  const [open, setOpen] = useState(false)
  if (!useNarrow()) return null
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Picture
      </button>
      {open && (
        <Layer title="Picture" close={() => setOpen(false)}>
          <div className="reach-full">{children}</div>
        </Layer>
      )}
    </>
  )
}

/** What is looked at, and what can be asked of it. */
const Looked = ({ of, asked, let: release }: { of: ReachThing; asked: Asked; let: (() => void) | undefined }) => (
  <div className="reach-looked" role="status">
    <p>
      <EntityLink of={of} />{' '}
      <span className="meta">
        {[
          typeWord(of.type),
          of.environment && ENVIRONMENT_WORDS[of.environment],
          of.sensitivity,
          of.tier === 0 && 'tier 0',
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
    </p>
    <div className="row">
      <a className="button small" href={to.reach({ from: of.key, to: asked.to })}>
        Start here
      </a>
      <a className="button small" href={to.reach({ from: asked.from, to: of.key })}>
        End here
      </a>
      <button type="button" className="button small" onClick={() => go(keyed('around', asked.around, of.key))}>
        {asked.around.includes(of.key) ? 'Take its neighbours away' : 'Draw its neighbours'}
      </button>
      {of.key !== asked.from && of.key !== asked.to && (
        <button type="button" className="button small" onClick={() => go(keyed('avoid', asked.avoid, of.key))}>
          Leave it out
        </button>
      )}
      {release && (
        <button type="button" className="button small" onClick={release}>
          Let it go back
        </button>
      )}
    </div>
  </div>
)

/** What the shapes are, and each as a switch. */
function Kinds({ of, hide }: { of: readonly ReachThing[]; hide: readonly Kind[] }) {
  const there = KINDS.filter((kind) => of.some((thing) => thing.kind === kind))
  return (
    <fieldset className="reach-kinds">
      <legend className="hidden-text">Kinds that are drawn</legend>
      {there.map((kind) => (
        <label key={kind} className="row">
          <input
            type="checkbox"
            checked={!hide.includes(kind)}
            onChange={() => go(toggledKind(hide, kind), { replace: true })}
          />
          <KindIcon kind={kind} />
          <span>
            {KIND_WORDS[kind][1]}{' '}
            <span className="meta">{count(of.filter((thing) => thing.kind === kind).length)}</span>
          </span>
        </label>
      ))}
      {of.some(({ kind }) => kind === null) && (
        <span className="row unknown">
          <KindIcon kind={null} /> dashed: not known
        </span>
      )}
    </fieldset>
  )
}

const toggledKind = (hide: readonly Kind[], kind: Kind): string => toggled('hide', hide, kind)

type Saving = (drawn: ReturnType<typeof drawnOf>, shown: Shown, title: string) => Promise<void>

const Save = ({ of, save }: { of: Reach; save: (as: Saving) => void }) => (
  <div className="row reach-save">
    <span className="meta">Save as</span>
    <button type="button" className="button small" onClick={() => save(savePng)}>
      PNG
    </button>
    <button type="button" className="button small" onClick={() => save(async (...all) => saveSvg(...all))}>
      SVG
    </button>
    <button type="button" className="button small" onClick={() => saveCsv(csvOf(of))}>
      CSV
    </button>
  </div>
)
