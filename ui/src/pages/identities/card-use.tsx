/** Who uses it, and what proves it. */
import { to } from '../../address.tsx'
import type { Card, CardCredential, Consumer } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Known, When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { age, count, short, some, typeWord } from '../../words.ts'

const TAKES = {
  'by-itself': ['pass', 'by itself'],
  'by-hand': ['high', 'by hand'],
  unknown: ['unknown', 'unknown'],
} as const

export const UsedBy = ({ of }: { of: Card['usedBy'] }) => (
  <section className="section" id="use">
    <header>
      <h2>Who uses it</h2>
      {of.consumers.length > 0 && <span className="meta">{some(of.consumers.length + of.more, 'consumer')}</span>}
    </header>
    {of.consumers.length > 0 && (
      <table>
        <thead>
          <tr>
            <th className="margin">
              <span className="hidden-text">Kind</span>
            </th>
            <th>Consumer</th>
            <th>Last seen</th>
            <th className="wide">Through</th>
            <th>Takes a new key</th>
          </tr>
        </thead>
        <tbody>
          {of.consumers.map((one: Consumer) => (
            <tr key={`${one.entity.key} ${one.verb} ${one.through?.key ?? ''}`}>
              <td className="margin">
                <KindIcon kind={one.entity.kind} type={one.entity.type} named />
              </td>
              <td>
                <a className="title" href={to.entity(one.entity.key)}>
                  <Name text={one.entity.name} longest={80} />
                </a>
                <span className="sub">{cut(one.because, 160)}</span>
              </td>
              <td>
                <Known of={one.lastSeen} brief>
                  {(at) => <When at={at} />}
                </Known>
              </td>
              <td className="wide">
                {one.through ? <EntityLink of={one.through} /> : <span className="quiet">directly</span>}
              </td>
              <td>
                <span className={`tag ${TAKES[one.takesNewKey][0]}`}>{TAKES[one.takesNewKey][1]}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {of.more > 0 && <p className="meta empty">and {count(of.more)} more</p>}
    <div className="empty quiet">
      <Known of={of.seeing}>
        {(says) => (
          <p>
            {of.consumers.length === 0 && 'Nobody was seen using it. '}
            <Sentence text={says} />
          </p>
        )}
      </Known>
    </div>
  </section>
)

export const Credentials = ({ of }: { of: readonly CardCredential[] }) => (
  <section className="section" id="credentials">
    <header>
      <h2>Credentials</h2>
      {of.length > 0 && <span className="meta">{count(of.length)}; values are never kept</span>}
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
            <th>Copies found</th>
          </tr>
        </thead>
        <tbody>
          {of.map((one) => (
            <tr key={one.entity.key}>
              <td className="margin">
                <Mark of={one.mark} />
              </td>
              <td>
                <a className="title" href={to.entity(one.entity.key)}>
                  <Name text={one.entity.name} longest={80} />
                </a>
                <span className="sub">
                  {[one.method, one.state].filter(Boolean).join(', ') || typeWord(one.entity.type)}
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
              <td>
                {one.copyCount === 0 ? (
                  <span className="quiet">none found</span>
                ) : (
                  <>
                    {some(one.copyCount, 'place')}
                    {one.copies.slice(0, 4).map((copy) => (
                      <span className="sub" key={copy.entity.key}>
                        {copy.public && <b className="critical">public </b>}
                        <a className="link" href={to.entity(copy.entity.key)}>
                          <Name text={copy.where} longest={70} />
                        </a>
                      </span>
                    ))}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)
