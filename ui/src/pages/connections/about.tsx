/** Beside one source: the grants to copy, who Reeve is there and what that account needs, and how it is set. */
import { useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import { forget, useMay } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { ConnectionPage } from '../../nouns.ts'
import { Copy, copyText } from '../../parts/copy.tsx'
import { When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { attributeWord, count, dayAndTime, some } from '../../words.ts'
import { Said } from '../identities/attributes.tsx'
import { SCHEDULES, scheduleWord } from './schedule.ts'

export const Grants = ({ of }: { of: ConnectionPage['grants'] }) => {
  const answered = of.reduce((sum, grant) => sum + grant.verdicts, 0)
  return (
    <section className="section grants">
      <header>
        <h2>{answered > 0 ? `To answer ${some(answered, 'unknown verdict')}` : 'To see the rest'}</h2>
      </header>
      {of.map((grant) => (
        <div className="spaced" key={grant.permission}>
          <Copy
            text={grant.permission}
            says={grant.verdicts > 0 ? `answers ${some(grant.verdicts, 'verdict')}; read only` : 'read only'}
          />
          <p className="meta">
            <Sentence text={grant.reason} />
            {grant.query !== null && (
              <>
                {' '}
                <a className="link" href={to.findings(grant.query)}>
                  which
                </a>
              </>
            )}
          </p>
        </div>
      ))}
      <p className="meta spaced">
        Copy it and give it to whoever runs the source. What was not read was{' '}
        <b>not deleted, not passed and not scored</b>.
      </p>
    </section>
  )
}

/** All that the account there needs: give it this and no more. */
export const OwnIdentity = ({ of: { connection, policy } }: { of: ConnectionPage }) => (
  <section className="section">
    <header>
      <h2>Reeve’s own identity there</h2>
      {policy.length > 0 && (
        <button
          type="button"
          className="link"
          onClick={() => void copyText(policy.map(({ need }) => need).join('\n'), 'The policy is')}
        >
          Copy
        </button>
      )}
    </header>
    {policy.length === 0 ? (
      <p className="empty quiet">
        <Name text={connection.title} longest={80} /> is read with the rights of the account that Reeve runs as, and
        needs none beyond.
      </p>
    ) : (
      <>
        <p className="meta spaced">
          <Name text={connection.title} longest={80} /> needs these and no more; whatever else the account holds may be
          taken from it. None of them writes.
        </p>
        <ul className="policy">
          {policy.map(({ need, listings, refused }) => (
            <li key={need} className="beside">
              <Mark of={refused ? 'unknown' : 'pass'} />
              <span>
                <code>
                  <bdi>{need}</bdi>
                </code>
                <span className="sub">
                  for {listings.length <= 3 ? listings.join(', ') : some(listings.length, 'listing')}
                  {refused && <span className="unknown">; it was refused</span>}
                </span>
              </span>
            </li>
          ))}
        </ul>
      </>
    )}
  </section>
)

export function Facts({ of }: { of: ConnectionPage }) {
  const { connection } = of
  const id = connection.connection
  const admin = useMay('admin')
  const { busy, refused, run } = useAct()
  const change = (body: object, says: string, back?: object) =>
    run(async () => {
      const patch = (to: object) => ask(`/v1/connections/${encodeURIComponent(id)}`, { method: 'PATCH', body: to })
      await patch(body)
      tell(
        says,
        back &&
          (() =>
            void patch(back)
              .catch(() => tell('It could not be taken back.'))
              .then(() => forget('/v1/connections'))),
      )
      await forget('/v1/connections')
    })
  return (
    <dl className="facts section">
      <div>
        <dt>What it reads</dt>
        <dd>{of.summary}</dd>
      </div>
      <div>
        <dt>Schedule</dt>
        <dd>
          {admin ? (
            <>
              <select
                className="short"
                aria-label="Read again"
                value={connection.schedule ?? ''}
                disabled={busy}
                onChange={(event) =>
                  void change(
                    { schedule: event.target.value === '' ? null : event.target.value },
                    `It is read ${scheduleWord(event.target.value)}.`,
                    { schedule: connection.schedule },
                  )
                }
              >
                {[...new Set([connection.schedule ?? '', ...SCHEDULES])].map((cron) => (
                  <option key={cron} value={cron}>
                    {scheduleWord(cron)}
                  </option>
                ))}
              </select>{' '}
              {connection.schedule !== null && (
                <button
                  type="button"
                  className="button small"
                  disabled={busy}
                  onClick={() =>
                    void change(
                      { enabled: !of.enabled },
                      of.enabled ? 'Paused: it is read when somebody asks.' : 'It is read by its schedule again.',
                      { enabled: of.enabled },
                    )
                  }
                >
                  {of.enabled ? 'Pause' : 'Go on'}
                </button>
              )}
            </>
          ) : (
            scheduleWord(connection.schedule ?? '')
          )}
          <span className={of.enabled ? 'sub' : 'sub high'}>
            {!of.enabled
              ? 'paused: it is read only when somebody asks'
              : connection.next
                ? `next ${dayAndTime(connection.next)}`
                : 'only when somebody asks'}
          </span>
          <Refused error={refused} />
        </dd>
      </div>
      <div>
        <dt>Identities</dt>
        <dd>
          <a className="link" href={to.inventory(`source:${id}`)}>
            {count(connection.identities)}
          </a>{' '}
          of {some(connection.entities, 'thing')}
        </dd>
      </div>
      <div>
        <dt>Connected</dt>
        <dd>
          <When at={of.created} both />
          {of.createdBy && <span className="sub">by {of.createdBy}</span>}
        </dd>
      </div>
      <div>
        <dt>Settings</dt>
        <dd>
          {Object.keys(of.settings).length + of.secrets.length === 0 ? (
            <span className="quiet">It has none.</span>
          ) : (
            <dl className="said">
              {Object.entries(of.settings).map(([name, value]) => (
                <div key={name}>
                  <dt>{attributeWord(name)}</dt>
                  <dd>
                    <Said value={value} />
                  </dd>
                </div>
              ))}
              {of.secrets.map((name) => (
                <div key={name}>
                  <dt>{attributeWord(name)}</dt>
                  <dd>set, sealed, never shown</dd>
                </div>
              ))}
            </dl>
          )}
        </dd>
      </div>
    </dl>
  )
}
