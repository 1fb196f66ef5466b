import { to } from '../../address.tsx'
import type { InventoryRow, Kind } from '../../nouns.ts'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { IfKnown, Known, knownOr, When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import type { Column } from '../../parts/roll.tsx'
import { age, count, date, ENVIRONMENT_WORDS, KIND_WORDS, short, typeWord } from '../../words.ts'
import type { Chosen } from './column-choice.ts'

type RowColumn = Column<InventoryRow>

const verdict: RowColumn = {
  id: 'verdict',
  title: 'Verdict',
  sort: 'worst',
  className: 'margin',
  width: '30px',
  cell: (row) => <Mark of={row.mark} />,
}

const name = (kind: Kind): RowColumn => ({
  id: 'name',
  title: KIND_WORDS[kind][0],
  sort: 'name',
  className: 'name',
  cell: (row) => (
    <span className="who">
      <KindIcon kind={row.kind} type={row.type} />
      <span>
        <a className={row.gone ? 'title one-line gone' : 'title one-line'} href={to.entity(row.key)}>
          <Name text={row.name} />
        </a>
        <code>
          <bdi>{cut(row.key, 120)}</bdi>
        </code>
      </span>
    </span>
  ),
})

const type: RowColumn = {
  id: 'type',
  title: 'Type',
  sort: 'type',
  className: 'wide quiet',
  width: '11%',
  cell: (row) => <span className="one-line">{typeWord(row.type)}</span>,
}

const where: RowColumn = {
  id: 'where',
  title: 'Where',
  className: 'wide quiet',
  width: '12%',
  cell: (row) => (
    <>
      <span className="one-line">{row.where ? <Name text={row.where} longest={60} /> : row.sources.join(', ')}</span>
      <span className="sub one-line">
        <IfKnown of={row.environment}>{(environment) => ENVIRONMENT_WORDS[environment]}</IfKnown>
        {row.staleSince && <span className="unknown"> as on {short(row.staleSince)}</span>}
      </span>
    </>
  ),
}

const owner: RowColumn = {
  id: 'owner',
  title: 'Owner',
  className: 'owner',
  width: '12%',
  cell: (row) =>
    row.owner ? (
      <span className={row.owner.left ? 'one-line high' : 'one-line'}>
        <Name text={row.owner.name} longest={50} />
        {row.owner.left && <span className="sub high">has left</span>}
      </span>
    ) : (
      <span className="quiet">
        Nobody
        {row.suggested && (
          <span className="sub one-line">
            perhaps <Name text={row.suggested.person.name} longest={40} />
          </span>
        )}
      </span>
    ),
}

const used: RowColumn = {
  id: 'lastUsed',
  title: 'Last used',
  sort: 'lastUsed',
  descends: true,
  className: 'used',
  width: '11%',
  cell: (row) => (
    <>
      <Known of={row.lastUsed} brief>
        {(at) => <When at={at} />}
      </Known>
      <IfKnown of={row.lastUsed}>
        {() => (
          <IfKnown of={row.lastUsedBy}>
            {(by) => (
              <span className="sub one-line">
                <Name text={by} longest={50} />
              </span>
            )}
          </IfKnown>
        )}
      </IfKnown>
    </>
  ),
}

const oldest = (title: string): RowColumn => ({
  id: 'age',
  title,
  sort: 'age',
  descends: true,
  className: 'wide',
  width: '10%',
  cell: (row) => (
    <Known of={row.oldestCredential} brief na="none held">
      {(at) => <span title={date(at)}>{age(at)}</span>}
    </Known>
  ),
})

const expires: RowColumn = {
  id: 'expires',
  title: 'Expires',
  sort: 'expires',
  className: 'wide',
  width: '10%',
  cell: (row) => (
    <Known of={row.expires} brief na="no end date">
      {(at) => (
        <>
          {short(at)}
          <span className="sub">
            <When at={at} />
          </span>
        </>
      )}
    </Known>
  ),
}

const reach = (most: number): RowColumn => ({
  id: 'reach',
  title: 'Reach',
  sort: 'reach',
  descends: true,
  className: 'wide',
  width: '14%',
  cell: (row) => (
    <Known of={row.reach} brief na="nothing">
      {({ resources, atLeast, mostSensitive }) =>
        resources === 0 ? (
          <span className="quiet">nothing known</span>
        ) : (
          <>
            <span className="reach">
              <b>
                {count(resources)}
                {atLeast && '+'}
              </b>
              <span className="bar" aria-hidden="true">
                {mostSensitive && <i className="sensitive" />}
                <i style={{ width: `${(100 * resources) / most}%` }} />
              </span>
            </span>
            {mostSensitive && (
              <span className="sub one-line">
                to <Name text={mostSensitive.name} longest={40} />
              </span>
            )}
          </>
        )
      }
    </Known>
  ),
})

const environment: RowColumn = {
  id: 'environment',
  title: 'Environment',
  className: 'wide quiet',
  width: '12%',
  cell: (row) => (
    <Known of={row.environment} brief>
      {(value) => ENVIRONMENT_WORDS[value]}
    </Known>
  ),
}

const findings: RowColumn = {
  id: 'findings',
  title: 'Findings',
  sort: 'findings',
  descends: true,
  className: 'wide number',
  width: '84px',
  cell: (row) => (
    <>
      {row.openFindings === 0 ? <span className="quiet">none</span> : count(row.openFindings)}
      {row.unknownVerdicts > 0 && <span className="sub unknown">{count(row.unknownVerdicts)} unknown</span>}
    </>
  ),
}

const created: RowColumn = {
  id: 'created',
  title: 'Created',
  sort: 'created',
  descends: true,
  className: 'wide',
  width: '10%',
  cell: (row) => (
    <Known of={row.created} brief>
      {(at) => <span title={date(at)}>{short(at)}</span>}
    </Known>
  ),
}

const firstSeen: RowColumn = {
  id: 'firstSeen',
  title: 'First seen',
  sort: 'firstSeen',
  descends: true,
  className: 'wide quiet',
  width: '10%',
  cell: (row) => short(row.firstSeen),
}

const sources: RowColumn = {
  id: 'sources',
  title: 'Source',
  className: 'wide quiet',
  width: '12%',
  cell: (row) => <span className="one-line">{row.sources.join(', ')}</span>,
}

const labels: RowColumn = {
  id: 'labels',
  title: 'Label',
  className: 'wide quiet',
  width: '10%',
  cell: (row) => (row.labels.length === 0 ? 'none' : <Name text={row.labels.join(', ')} longest={60} />),
}

const account: RowColumn = {
  id: 'account',
  title: 'Used by',
  className: 'wide quiet',
  width: '9%',
  cell: (row) => (
    <Known
      of={
        row.accountKind === null || row.accountKind === 'unknown'
          ? { unknown: 'no source says whether a person or a service uses it; say it with a label' }
          : { value: row.accountKind }
      }
      brief
    >
      {(kind) => ACCOUNT_WORDS[kind]}
    </Known>
  ),
}
const ACCOUNT_WORDS: Record<string, string> = { service: 'Service', system: 'System', human: 'Human' }

const credentials: RowColumn = {
  id: 'credentials',
  title: 'Credentials',
  className: 'wide number',
  width: '96px',
  cell: (row) => (row.credentials === 0 ? <span className="quiet">none</span> : count(row.credentials)),
}

/** `most`: the widest reach on the page, against which the bars are drawn. */
export const columnsOf = (chosen: readonly Chosen[], kind: Kind, most: number): readonly RowColumn[] =>
  chosen.map(({ id, width }) => {
    const column = columnNamed(id, kind, most)
    return width === null ? column : { ...column, width: `${width}px` }
  })

const NOTHING = { resources: 0 }
export const widestReach = (rows: readonly InventoryRow[]): number =>
  Math.max(1, ...rows.map((row) => knownOr(row.reach, NOTHING).resources))

export const columnTitle = (id: string, kind: Kind): string => columnNamed(id, kind, 1).title

function columnNamed(id: string, kind: Kind, most: number): RowColumn {
  switch (id) {
    case 'verdict':
      return verdict
    case 'name':
      return name(kind)
    case 'age':
      return oldest(kind === 'credential' ? 'Age' : 'Oldest key')
    case 'reach':
      return reach(most)
    default:
      return PLAIN.find((column) => column.id === id)!
  }
}
const PLAIN: readonly RowColumn[] = [
  type,
  where,
  owner,
  used,
  expires,
  environment,
  findings,
  created,
  firstSeen,
  sources,
  labels,
  account,
  credentials,
]
