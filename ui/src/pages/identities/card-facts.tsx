/** The facts beside the card that can be changed or traced. */
import { useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import { forget } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, entityPath, sentenceOf } from '../../http.ts'
import type { Card } from '../../nouns.ts'
import { Known, knownOr } from '../../parts/known.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { ScoreParts } from '../../parts/score-parts.tsx'
import { dayAndTime } from '../../words.ts'

export const Score = ({ of }: { of: Card }) => (
  <div>
    <dt>Score and its parts</dt>
    <dd>
      <Known of={of.score}>{(score) => <ScoreParts of={score.parts} total={score.total} />}</Known>
    </dd>
  </div>
)

type Account = 'service' | 'system' | 'human'

const ACCOUNT: Record<Account, string> = {
  service: 'Machines use it',
  system: 'It belongs to the system',
  human: 'A person uses it',
}

const CHOICE: Record<Account, string> = { service: 'Machines', system: 'The system', human: 'A person' }

const TOUCHED = ['/v1/entities', '/v1/lists', '/v1/counts', '/v1/overview', '/v1/frame', '/v1/facets', '/v1/findings']

/** Says who acts through it, or takes back what was said; the toast holds the way back. */
async function sayAccount(of: Card, value: Account | null): Promise<void> {
  const { undo } = await ask<{ undo: string | null }>(`${entityPath(of.entity.key)}/labels/accountKind`, {
    method: value === null ? 'DELETE' : 'PUT',
    ...(value === null ? {} : { body: { value } }),
  })
  const takeBack = async () => {
    try {
      await ask(`/v1/undo/${undo}`, { method: 'POST' })
      tell('Taken back.')
    } catch (error) {
      tell(`It could not be taken back. ${sentenceOf(error)}`)
    }
    await forget(...TOUCHED)
  }
  tell(
    value === null ? 'Its source decides again who acts through it.' : `Noted: ${ACCOUNT[value].toLowerCase()}.`,
    undo === null ? undefined : () => void takeBack(),
  )
  await forget(...TOUCHED)
}

/** Who acts through it: what a person said of it, else what its source can tell. */
export function Account({ of, may }: { of: Card; may: boolean }) {
  const { busy, refused, run } = useAct()
  const said = knownOr(of.account, null)
  return (
    <div>
      <dt>Who acts through it</dt>
      <dd>
        <Known of={of.account}>
          {({ is, confirmed, because }) => (
            <>
              {ACCOUNT[is]}
              <span className="sub">
                {confirmed ? 'said by a person; it holds over reads and renames' : 'as its source tells'}
              </span>
              {because.slice(0, 3).map((reason) => (
                <span className="sub" key={reason}>
                  {cut(reason, 160)}
                </span>
              ))}
            </>
          )}
        </Known>
        {may && of.attributes.kind === 'identity' && of.entity.gone === null && (
          <span className="row owner-acts">
            {(['service', 'system', 'human'] as const)
              .filter((one) => !(said?.confirmed && said.is === one))
              .map((one) => (
                <button
                  key={one}
                  type="button"
                  className="button small"
                  disabled={busy}
                  onClick={() => void run(() => sayAccount(of, one))}
                >
                  {said?.is === one ? `Confirm: ${CHOICE[one].toLowerCase()}` : CHOICE[one]}
                </button>
              ))}
            {said?.confirmed && (
              <button
                type="button"
                className="button small bare"
                disabled={busy}
                onClick={() => void run(() => sayAccount(of, null))}
              >
                Take it back
              </button>
            )}
          </span>
        )}
        <Refused error={refused} />
      </dd>
    </div>
  )
}

export const Sources = ({ of }: { of: Card }) => (
  <div>
    <dt>Read from</dt>
    <dd>
      {of.sources.length === 0 && <span className="unknown">No listing has described it; others name it</span>}
      {of.sources.map((source) => (
        <span className="sub-line" key={`${source.connection} ${source.collection}`}>
          <a className="link" href={to.connection(source.connection)}>
            <Name text={source.title} longest={50} />
          </a>{' '}
          <span className="meta">
            {source.collection}
            {source.readAt && `, ${dayAndTime(source.readAt)}`}
          </span>
          {!source.complete && <span className="sub unknown">{cut(source.reason ?? 'not read completely', 160)}</span>}
        </span>
      ))}
    </dd>
  </div>
)
