/** Accountable and directory owner, never one. `act` holds what may be pressed. */
import type { Owners } from '../nouns.ts'
import { dayAndTime } from '../words.ts'
import { EntityLink } from './entity-link.tsx'
import { Known } from './known.tsx'
import { Name } from './name.tsx'
import { asSentences } from './sentence.tsx'
import { openingOf } from './suggested-owner.tsx'

export const OwnerFacts = ({ of, act }: { of: Owners; act?: React.ReactNode }) => (
  <>
    <div>
      <dt>Accountable owner</dt>
      <dd>
        {of.accountable ? (
          <>
            <EntityLink of={{ ...of.accountable, kind: 'person', type: null, gone: null }} icon={false} />
            {of.accountable.left && <span className="high"> has left</span>}
            {of.team && (
              <span className="sub">
                for team <Name text={of.team.name} longest={60} />
              </span>
            )}
            <span className="sub">
              named {dayAndTime(of.accountable.confirmed)} by {of.accountable.assignedBy}
            </span>
            <span className="sub">
              {of.certified ? (
                <>
                  {of.certified.person.key === of.accountable.key ? (
                    'certified'
                  ) : (
                    <>
                      certified by <Name text={of.certified.person.name} longest={60} />
                    </>
                  )}{' '}
                  {dayAndTime(of.certified.at)}
                </>
              ) : (
                'not certified yet'
              )}
            </span>
          </>
        ) : (
          <>
            <span className="high">Nobody</span>
            {of.suggested && (
              <span className="sub">
                {openingOf(of.suggested)} <Name text={of.suggested.person.name} longest={60} />.{' '}
                {asSentences(of.suggested.because)}
              </span>
            )}
          </>
        )}
        {of.backup ? (
          <span className="sub">
            backup: <Name text={of.backup.name} longest={60} />
          </span>
        ) : (
          of.accountable && <span className="sub">nobody is the backup</span>
        )}
        {act}
      </dd>
    </div>
    <div>
      <dt>Directory owner</dt>
      <dd>
        <Known of={of.directory}>
          {(list) =>
            list.length === 0 ? (
              <>Nobody we know can change it at its source</>
            ) : (
              <>
                {list.slice(0, 5).map((one) => (
                  <span key={one.key} className="sub-line">
                    <EntityLink of={one} />
                    {one.how && <span className="sub">{one.how}</span>}
                  </span>
                ))}
                {list.length > 5 && <span className="sub">and {list.length - 5} more</span>}
                <span className="sub">They can change it at its source. This is reach, not accountability.</span>
              </>
            )
          }
        </Known>
      </dd>
    </div>
  </>
)
