/** Who answers for what, and what happens when they leave? */
import { useState } from 'react'
import { useAddress } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { OwnersPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Partial } from '../../parts/partial.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { Differences } from '../plans/differences.tsx'
import { ImportSheet } from './import-sheet.tsx'
import { Says, Unknown } from './owners-words.tsx'
import { PeopleList } from './people-list.tsx'
import { Queue } from './queue.tsx'
import { Teams } from './teams.tsx'
import './owners.css'

export function Owners() {
  const { query } = useAddress()
  const answer = useAnswer<OwnersPage>('/v1/owners', { every: 30_000 })
  const may = useMay('owner')
  const mayImport = useMay('operator')
  const [importing, setImporting] = useState(false)
  useTitle('Owners')
  const data = answer.data
  return (
    <div className="page owners">
      <div className="head">
        <div>
          <h1>Owners</h1>
          {data && !answer.error && data.counts.identities > 0 && (
            <Answer>
              <Says of={data} />
            </Answer>
          )}
        </div>
        <div className="acts">
          {may && (
            <a className="button" href="/inbox">
              <Icon name="inbox" />
              Inbox
            </a>
          )}
          {mayImport && (
            <button type="button" className="button" onClick={() => setImporting(true)}>
              Import…
            </button>
          )}
          {mayImport && (
            <a className="button" href="/plans">
              Plans
            </a>
          )}
          <a className="button" href="/v1/owners/export?format=csv" download>
            <Icon name="down" />
            CSV
          </a>
          <a className="button" href="/v1/owners/export?format=json" download>
            <Icon name="down" />
            JSON
          </a>
        </div>
      </div>
      {answer.error ? (
        <Failure error={answer.error} what="The owners" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting rows={8} />
      ) : data.counts.identities === 0 ? (
        <Empty title="Nothing has been read yet">
          <p>Who answers for what can be said once something was read.</p>
          <div className="row">
            <a className="button primary" href="/welcome">
              Read something
            </a>
          </div>
        </Empty>
      ) : (
        <>
          <div className="owners-partial">
            <Partial bar={data.ledger}>What we could not read is not counted as owned.</Partial>
          </div>
          <Unknown of={data} />
          <div className="owners-body">
            <PeopleList of={data} />
            <Queue of={data} view={query.get('queue')} />
          </div>
          <Differences />
          <Teams of={data.teams} />
        </>
      )}
      {importing && <ImportSheet close={() => setImporting(false)} />}
    </div>
  )
}
