/** What is asked: from where, to where, and what an attacker is not given. All of it is the address. */
import { go, withQuery } from '../../address.tsx'
import type { Reach } from '../../nouns.ts'
import { Icon } from '../../parts/icon.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Name } from '../../parts/name.tsx'
import { AIMS, type Aim, type Asked, isAim, isOn, keyed, SWITCHES, toggled } from './asked.ts'
import { type Choice, Pick } from './pick.tsx'

const ENDS: readonly Choice[] = Object.entries(AIMS).map(([value, says]) => ({ value, says: capital(says) }))
const STARTS: readonly Choice[] = [{ value: null, says: 'Anywhere: whoever reaches the end' }]

const FRESH = { path: null, thing: null }

export function Question({ asked, reach }: { asked: Asked; reach: Reach | undefined }) {
  const to = reach?.to
  return (
    <div className="reach-question">
      <div className="reach-ends">
        <Pick
          label="From"
          title="Where it starts"
          shown={
            asked.from === null ? (
              'anywhere'
            ) : reach?.from ? (
              <Thing of={reach.from} />
            ) : (
              <Name text={asked.from} longest={40} />
            )
          }
          choices={STARTS}
          choose={(from) => go(withQuery({ ...FRESH, from }))}
        />
        <Icon name="next" />
        <Pick
          label="to"
          title="Where it ends"
          shown={
            to?.thing ? (
              <Thing of={to.thing} />
            ) : (
              aimWord(to?.aim ?? asked.to ?? (asked.from === null ? 'tier-zero' : 'sensitive'))
            )
          }
          choices={ENDS}
          choose={(end) => go(withQuery({ ...FRESH, to: end }))}
        />
      </div>
      <fieldset className="reach-switches">
        <legend className="hidden-text">What an attacker is not given</legend>
        {SWITCHES.map((one) => (
          <label key={one.word} className="row">
            <input
              type="checkbox"
              checked={isOn(asked, one)}
              onChange={() => go(toggled(one.name, asked[one.name], one.word))}
            />
            <span>{one.says}</span>
          </label>
        ))}
      </fieldset>
      {asked.avoid.length > 0 && (
        <ul className="reach-avoided" aria-label="Left out">
          {asked.avoid.map((key) => (
            <li key={key} className="tag">
              without <Name text={key} longest={60} />
              <button
                type="button"
                className="tick"
                aria-label={`Let paths go through ${key.slice(0, 60)} again`}
                onClick={() => go(keyed('avoid', asked.avoid, key))}
              >
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const Thing = ({ of }: { of: NonNullable<Reach['from']> }) => (
  <span className="pick-hit">
    <KindIcon kind={of.kind} type={of.type} named />
    <Name text={of.name} longest={36} />
  </span>
)

export const aimWord = (to: string): React.ReactNode => (isAim(to) ? AIMS[to as Aim] : <Name text={to} longest={40} />)

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
