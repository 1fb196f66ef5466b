/** What proves it, and each place in which a copy stands. */
import { to } from '../../address.tsx'
import type { Card, CardCredential } from '../../nouns.ts'
import { IfKnown, Known, When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { age, count, ENVIRONMENT_WORDS, LIVE_WORDS, short, some, typeWord } from '../../words.ts'

type CopyPlace = CardCredential['copies'][number]

export const Credentials = ({ of, kind }: { of: readonly CardCredential[]; kind: Card['attributes']['kind'] }) => (
  <section className="section" id="credentials">
    <header>
      <h2>{kind === 'credential' ? 'The credential and its copies' : 'Credentials and copies'}</h2>
      {of.length > 0 && <span className="meta">{some(of.length, 'credential')}; values are never kept</span>}
    </header>
    {of.length === 0 ? (
      <p className="empty quiet">It holds none that we read.</p>
    ) : (
      <table>
        <thead>
          <tr>
            <th className="margin">
              <span className="hidden-text">Verdict</span>
            </th>
            <th>Credential</th>
            <th>Age</th>
            <th className="wide">Expires</th>
            <th>Last used</th>
          </tr>
        </thead>
        {of.map((one) => (
          <tbody key={one.entity.key} className="credential">
            <tr>
              <td className="margin">
                <Mark of={one.mark} />
              </td>
              <td>
                <a className="title" href={to.entity(one.entity.key)}>
                  <Name text={one.entity.name} longest={80} />
                </a>
                <span className="sub">
                  {[one.method, one.state].filter(Boolean).join(', ') || typeWord(one.entity.type)}
                  {'; '}
                  <span className={one.live === 'live' ? 'high' : one.live === 'dead' ? '' : 'unknown'}>
                    {LIVE_WORDS[one.live]}
                  </span>
                </span>
              </td>
              <td>
                <Known of={one.created} brief>
                  {(at) => age(at)}
                </Known>
              </td>
              <td className="wide">
                <Known of={one.expires} brief>
                  {(at) => (
                    <>
                      {short(at)}{' '}
                      <span className="sub">
                        <When at={at} />
                      </span>
                    </>
                  )}
                </Known>
              </td>
              <td>
                <Known of={one.lastUsed} brief>
                  {(at) => <When at={at} />}
                </Known>
              </td>
            </tr>
            {one.copyCount > 0 && (
              <tr>
                <td className="margin" />
                <td colSpan={4} className="copies">
                  <Copies of={one} />
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
    )}
    {of.length > 0 && of.every((one) => one.copyCount === 0) && (
      <p className="empty quiet">No copy was found in any place that we read.</p>
    )}
  </section>
)

const Copies = ({ of }: { of: CardCredential }) => (
  <>
    <p className="label">{some(of.copyCount, 'copy', 'copies')}</p>
    <ul>
      {of.copies.map((copy) => (
        <li key={copy.entity.key}>
          <Mark of={copy.public ? 'critical' : copy.readers === 0 ? 'unknown' : 'not-judged'} beside size={14} />
          <span>
            <a className="link" href={to.entity(copy.entity.key)}>
              <Name text={copy.where} longest={110} />
            </a>
            <span className="sub">{standing(copy)}</span>
          </span>
        </li>
      ))}
    </ul>
    {of.copyCount > of.copies.length && <p className="meta">and {count(of.copyCount - of.copies.length)} more</p>}
  </>
)

/** What is known of a copy, and what is not. */
const standing = ({ public: open, environment, atHead, readers, connection, lastSeen }: CopyPlace): React.ReactNode => (
  <>
    {open && <b className="critical">anyone can read it; </b>}
    {[
      environment && ENVIRONMENT_WORDS[environment].toLowerCase(),
      atHead === true ? 'still there' : atHead === false ? 'in the history only' : null,
      readers > 0 ? `read by ${some(readers, 'workload')}` : null,
      connection && `from ${connection}`,
    ]
      .filter(Boolean)
      .join(', ')}
    {readers === 0 && <span className="unknown">; who reads it is not known</span>}
    <IfKnown of={lastSeen}>{(at) => `, seen ${short(at)}`}</IfKnown>
  </>
)
