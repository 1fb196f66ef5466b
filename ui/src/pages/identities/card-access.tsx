/** What it may do, and what of that it does. */
import type { Card, Grant } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Known, When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut } from '../../parts/name.tsx'
import { count, short } from '../../words.ts'

export function Grants({ of }: { of: Card['grants'] }) {
  const total = Math.max(1, of.used + of.notUsed + of.unknown)
  const width = (n: number) => ({ width: `${(100 * n) / total}%` })
  return (
    <section className="section" id="access">
      <header>
        <h2>Granted and used</h2>
        {of.rows.length > 0 && <span className="meta">{count(total)} granted</span>}
      </header>
      {of.rows.length === 0 ? (
        <p className="empty quiet">Nothing that we read grants it anything.</p>
      ) : (
        <>
          <div
            className="bar tall granted-bar"
            role="img"
            aria-label={`Of ${total} granted ${of.used} are used, ${of.notUsed} were never used, of ${of.unknown} it is unknown`}
          >
            {of.used > 0 && <i className="used" style={width(of.used)} />}
            {of.notUsed > 0 && <i className="granted" style={width(of.notUsed)} />}
            {of.unknown > 0 && <i className="refused" style={width(of.unknown)} />}
          </div>
          <p className="facets-line">
            <span>
              <span>
                <b>{count(of.used)}</b> used
                {of.partly > 0 && <span className="high">, {count(of.partly)} of them only in part</span>}
              </span>
            </span>
            <span>
              <b>{count(of.notUsed)}</b> granted, never used
            </span>
            {of.unknown > 0 && (
              <span className="unknown">
                <Mark of="unknown" beside /> {count(of.unknown)} unknown: the source keeps no record of use
              </span>
            )}
          </p>
          <table>
            <thead>
              <tr>
                <th>May</th>
                <th>On</th>
                <th className="wide">Through</th>
                <th>Used</th>
              </tr>
            </thead>
            <tbody>
              {of.rows.map((grant: Grant) => (
                <tr key={`${grant.entitlement.key} ${grant.resource?.key ?? ''} ${grant.actions.join()}`}>
                  <td>
                    {grant.actions.length > 0 ? (
                      <span>{cut(grant.actions.join(', '), 160)}</span>
                    ) : (
                      <span className="quiet">as the entitlement says</span>
                    )}
                    {grant.sensitive && <span className="sub high">sensitive</span>}
                  </td>
                  <td>
                    {grant.resource ? (
                      <EntityLink of={grant.resource} />
                    ) : (
                      <span className="quiet">no resource named</span>
                    )}
                  </td>
                  <td className="wide">
                    <EntityLink of={grant.entitlement} />
                    {grant.via.length > 0 && (
                      <span className="sub">by way of {grant.via.map((one) => cut(one.name, 40)).join(', ')}</span>
                    )}
                  </td>
                  <td>
                    <Known of={grant.used} brief>
                      {(at) =>
                        at === null ? (
                          'never, while recorded'
                        ) : grant.dated ? (
                          <When at={at} />
                        ) : (
                          <>
                            used<span className="sub">told since {short(at)}, without a date</span>
                          </>
                        )
                      }
                    </Known>
                    {grant.unusedActions.length > 0 && (
                      <span className="sub high">never {cut(grant.unusedActions.join(', '), 80)}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {of.more > 0 && <p className="meta empty">and {count(of.more)} more</p>}
        </>
      )}
    </section>
  )
}
