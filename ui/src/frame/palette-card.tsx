/** Beside the finder: the card of what is chosen, in short, what could be pasted, and what could hide what was not found. */
import type { Found, Hit } from '../nouns.ts'
import { IfKnown, Known, When } from '../parts/known.tsx'
import { Mark, markName } from '../parts/mark.tsx'
import { Code, cut, Name } from '../parts/name.tsx'
import { count, date, some, typeWord } from '../words.ts'

export const NotFound = ({ of, text, value }: { of: Found; text: string; value: boolean }) => (
  <div className="state">
    <h2>
      <Mark of="unknown" beside />
      <span>{value || of.recognised ? 'We have never seen this key' : 'Nothing has this name'}</span>
    </h2>
    <p>
      {value || of.recognised ? (
        'Not in any source now, nor in the past.'
      ) : (
        <>
          No name, id or path holds <Code text={text} longest={60} />, now or in the past.
        </>
      )}
    </p>
    {of.unread.length > 0 && (
      <>
        <p>What could hide it, for it was not read:</p>
        <ul className="unread">
          {of.unread.slice(0, 5).map((line) => (
            <li key={line}>
              <bdi>{cut(line, 240)}</bdi>
            </li>
          ))}
          {of.unread.length > 5 && (
            <li>
              <a className="link" href="/connections">
                and {count(of.unread.length - 5)} more
              </a>
            </li>
          )}
        </ul>
      </>
    )}
  </div>
)

export const Preview = ({ of }: { of: Hit }) => (
  <>
    <h3>
      <Name text={of.entity.name} />
    </h3>
    <p className="meta">
      {typeWord(of.entity.type)}
      {of.entity.gone && <>, deleted at its source on {date(of.entity.gone)}</>}
    </p>
    <dl>
      <dt>State</dt>
      <dd>
        <span className="beside">
          <Mark of={of.mark} beside />
          {of.entity.gone ? `Deleted on ${date(of.entity.gone)}` : markName(of.mark)}
        </span>
      </dd>
      <dt>Owner</dt>
      <dd>{of.owner ? <Name text={of.owner.name} longest={60} /> : <span className="high">Nobody</span>}</dd>
      {of.preview && <InShort of={of.preview} />}
    </dl>
    <p className="meta spaced">
      <kbd>↵</kbd> opens the card
    </p>
  </>
)

const InShort = ({ of }: { of: NonNullable<Hit['preview']> }) => (
  <>
    <dt>Last used</dt>
    <dd>
      <Known of={of.lastUsed} brief>
        {(at) => <When at={at} />}
      </Known>
      <IfKnown of={of.lastUsedBy}>
        {(by) => (
          <span className="sub">
            by <Name text={by} longest={80} />
          </span>
        )}
      </IfKnown>
    </dd>
    <dt>Depends</dt>
    <dd>{of.dependents === 0 ? 'nothing we saw' : some(of.dependents, 'thing')}</dd>
    <dt>Reaches</dt>
    <dd>
      <Known of={of.reached} brief>
        {(n) => (n === 0 ? 'nothing we know' : some(n, 'resource'))}
      </Known>
    </dd>
    <dt>Copies</dt>
    <dd>{of.copies === 0 ? 'none found' : some(of.copies, 'place')}</dd>
    <dt>Rotate?</dt>
    <dd>
      <b>
        {of.rotate.answer === 'with-care'
          ? 'With care'
          : of.rotate.answer.charAt(0).toUpperCase() + of.rotate.answer.slice(1)}
      </b>
      <span className="sub">{cut(of.rotate.reason, 200)}</span>
    </dd>
  </>
)

export const Hints = () => (
  <>
    <h3>Paste it. Whatever we know comes back as one card.</h3>
    <p className="quiet spaced">
      An access key id, an ARN, <code>SHA256:</code> of an SSH key, a serial, a UUID, a SPIFFE id,{' '}
      <code>system:serviceaccount:</code>, a distinguished name, an e-mail address or a path.
    </p>
    <p className="quiet spaced">Deleted things are found too. A secret value is held back until you say so.</p>
  </>
)
