/** Who and what works here? The roll of one kind, narrowed by facets that are the query. */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { assignOwner } from '../../acting.ts'
import { go, to, useAddress, useAsOf, withQuery } from '../../address.tsx'
import { useAnswer, useFrame, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { Problem } from '../../http.ts'
import type { Bulk, Facets as FacetsAnswer, InventoryRow, Kind } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { copyText } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Partial } from '../../parts/partial.tsx'
import { FacetSheet, Facets, QueryInput } from '../../parts/query.tsx'
import { Roll } from '../../parts/roll.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, KIND_WORDS, some } from '../../words.ts'
import { type Chosen, chosenColumns, columnsText } from './column-choice.ts'
import { columnsOf, widestReach } from './columns.tsx'
import { ColumnsSheet } from './columns-sheet.tsx'
import { type BulkAct, BulkBar, BulkProgress, BulkSheet } from './inventory-bulk.tsx'
import { useList } from './inventory-list.ts'
import { useSelection } from './inventory-selection.ts'
import { Views } from './inventory-views.tsx'
import { ListNews, NoRows, Summary } from './inventory-words.tsx'
import { Peek } from './peek.tsx'
import './inventory.css'

export function Inventory() {
  const { query } = useAddress()
  const asOf = useAsOf()
  const frame = useFrame()
  const asked = query.get('kind') ?? 'identity'
  const kind = (asked in KIND_WORDS ? asked : 'identity') as Kind
  const q = query.get('q') ?? ''
  const sort = query.get('sort') ?? 'worst'
  const cols = query.get('cols') ?? ''
  const words = KIND_WORDS[kind]
  useTitle(q === '' ? words[1] : `${words[1]}: ${q}`)

  const list = useList({ kind, q, sort, asOf })
  const data = list.first
  const total = data?.total.count ?? 0
  // Counts of facets come when the rows stand.
  const facets = useAnswer<FacetsAnswer>(
    data === undefined || list.stale ? null : `/v1/facets?${new URLSearchParams({ kind, ...(q ? { q } : {}) })}`,
    { keep: true },
  )
  const chosen = useMemo(() => chosenColumns(cols, kind), [cols, kind])
  const most = useMemo(() => widestReach(data?.rows ?? []), [data])
  const columns = useMemo(() => columnsOf(chosen, kind, most), [chosen, kind, most])
  const choose = useCallback(
    (next: readonly Chosen[] | null) =>
      go(withQuery({ cols: next === null ? null : columnsText(next, kind) }), { replace: true }),
    [kind],
  )

  const selection = useSelection(list)
  const [peeked, peek] = useState<InventoryRow | null>(null)
  const [sheet, setSheet] = useState<null | 'columns' | { act: BulkAct; row: InventoryRow | null }>(null)
  const [bulk, setBulk] = useState<Bulk | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question closes the card of a row of this one
  useEffect(() => peek(null), [list.name])
  const now = asOf === null
  const mayAnswer = useMay('owner') && now
  const mayOperate = useMay('operator') && now
  const queryProblem = list.error instanceof Problem && list.error.code.startsWith('query/')
  const facetProps = { facets: facets.data, q, kind, stale: list.stale || facets.isPlaceholderData }
  const sheetSays =
    sheet !== null && sheet !== 'columns' && sheet.row !== null
      ? sheet.row.name
      : some(selection.size, words[0].toLowerCase(), words[1].toLowerCase())
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>{kind === 'identity' ? 'Inventory' : words[1]}</h1>
          <Answer>
            {data ? <Summary of={data} kind={kind} sources={frame?.connections.total ?? 0} q={q} /> : ' '}
          </Answer>
        </div>
        <div className="acts">
          <button type="button" className="button wide" onClick={() => setSheet('columns')}>
            Columns
          </button>
          <a className="button" href={csvPath({ kind, sort, q, cols, asOf })} download>
            <Icon name="down" />
            CSV
          </a>
        </div>
      </div>
      <Views here={{ kind, q, sort, columns: cols }} of={data} ready={facets.data !== undefined} />
      <div className="roll-page">
        <div className="wide">
          <Facets {...facetProps} />
        </div>
        <div data-q={data === undefined || list.stale || list.error !== null ? undefined : q}>
          <div className="roll-head">
            <QueryInput
              q={q}
              error={list.error ?? facets.error}
              example={
                kind === 'identity'
                  ? 'source:aws owner:none used:>90d, or part of a name'
                  : 'part of a name, type:…, owner:none'
              }
            />
            <FacetSheet {...facetProps} />
          </div>
          {frame && <Partial bar={frame.ledger} />}
          {list.error && !queryProblem ? (
            <Failure error={list.error} what="The list" again={list.show} />
          ) : !data ? (
            queryProblem ? null : (
              <Waiting rows={12} />
            )
          ) : total === 0 ? (
            <NoRows
              of={data}
              kind={kind}
              q={q}
              percentSeen={frame?.ledger.percent ?? null}
              unknown={frame?.connections.unknownVerdicts ?? 0}
            />
          ) : (
            <div className={list.stale ? 'dim' : ''}>
              <Roll<InventoryRow>
                label={words[1]}
                name={data.snapshot ?? list.name}
                columns={columns}
                total={total}
                row={list.row}
                keyOf={(row) => row.key}
                nameOf={(row) => row.name}
                onWindow={list.onWindow}
                sort={sort}
                onSort={(next) => go(withQuery({ sort: next === 'worst' ? null : next }))}
                onWidth={(id, width) => choose(chosen.map((one) => (one.id === id ? { id, width } : one)))}
                open={(row) => go(to.entity(row.key))}
                peek={(row) => peek(row && peeked?.key === row.key ? null : row)}
                peeking={peeked !== null}
                selecting={selection.selecting}
                keys={{
                  c: (row) => void copyText(row.key, 'The id is'),
                  ...(mayAnswer ? { a: (row) => setSheet({ act: 'owner', row }) } : {}),
                  ...(mayOperate ? { m: (row) => setSheet({ act: 'mute', row }) } : {}),
                }}
              />
            </div>
          )}
          <div className="hidden-text" aria-live="polite">
            {selection.size > 0 && `${count(selection.size)} selected`}
          </div>
          <div className="below">
            <ListNews of={list.changes} show={list.show} />
            <BulkProgress started={bulk} watch={setBulk} />
            {selection.size > 0 && now && (
              <BulkBar selection={selection} total={total} begin={(act) => setSheet({ act, row: null })} />
            )}
          </div>
        </div>
      </div>
      {peeked && <Peek row={peeked} close={() => peek(null)} />}
      {sheet === 'columns' ? (
        <ColumnsSheet kind={kind} chosen={chosen} choose={choose} close={() => setSheet(null)} />
      ) : sheet?.act === 'owner' && sheet.row !== null ? (
        <OwnerSheet
          of={sheetSays}
          suggested={sheet.row.suggested?.person ?? null}
          close={() => setSheet(null)}
          act={(person) => assignOwner(sheet.row!.key, sheet.row!.name, person)}
        />
      ) : (
        sheet !== null && (
          <BulkSheet
            act={sheet.act}
            says={sheetSays}
            chosen={sheet.row === null ? selection.chosen() : { keys: [sheet.row.key] }}
            close={() => setSheet(null)}
            begun={(begun) => {
              setBulk(begun)
              selection.selecting.clear()
            }}
          />
        )
      )}
    </div>
  )
}

/** All rows of the question, of the day that is looked at, in the columns that are shown. */
function csvPath({
  kind,
  sort,
  q,
  cols,
  asOf,
}: {
  kind: Kind
  sort: string
  q: string
  cols: string
  asOf: string | null
}) {
  const words = {
    kind,
    sort,
    ...(q ? { q } : {}),
    ...(cols ? { columns: cols } : {}),
    ...(asOf ? { 'as-of': asOf } : {}),
  }
  return `/v1/entities.csv?${new URLSearchParams(words)}`
}
