import { to } from '../../address.tsx'
import type { InventoryRow, Kind } from '../../nouns.ts'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Known, When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import type { Column } from '../../parts/roll.tsx'
import { age, count, date, ENVIRONMENT_WORDS, KIND_WORDS, short, typeWord } from '../../words.ts'

type RowColumn = Column<InventoryRow>

const verdict: RowColumn = {
  id: 'verdict',
  title: 'Verdict',
  sort: 'worst',
  descends: true,
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
      {'value' in row.environment ? (
        <span className="sub one-line">{ENVIRONMENT_WORDS[row.environment.value]}</span>
      ) : row.staleSince ? (
        <span className="sub unknown one-line">as on {short(row.staleSince)}</span>
      ) : null}
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
      {'value' in row.lastUsed && 'value' in row.lastUsedBy && (
        <span className="sub one-line">
          <Name text={row.lastUsedBy.value} longest={50} />
        </span>
      )}
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

/** What each kind is asked about most; what cannot exist for it has no column. */
export function columnsOf(kind: Kind, rows: readonly InventoryRow[]): readonly RowColumn[] {
  const most = Math.max(1, ...rows.map((row) => ('value' in row.reach ? row.reach.value.resources : 0)))
  switch (kind) {
    case 'identity':
      return [verdict, name(kind), type, where, owner, used, oldest('Oldest key'), reach(most)]
    case 'workload':
      return [verdict, name(kind), type, where, owner, used, reach(most), findings]
    case 'credential':
      return [verdict, name(kind), type, where, owner, used, oldest('Age'), expires]
    case 'secret':
      return [verdict, name(kind), type, where, owner, environment, findings]
    case 'person':
      return [verdict, name(kind), where, findings]
    case 'entitlement':
      return [verdict, name(kind), type, where, owner, reach(most), findings]
    case 'resource':
      return [verdict, name(kind), type, where, owner, environment, findings]
  }
}
