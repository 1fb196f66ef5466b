import type { Card, JsonValue, Known as KnownValue } from '../../nouns.ts'
import { IfKnown, Known, When } from '../../parts/known.tsx'
import { Code, cut } from '../../parts/name.tsx'
import { age, attributeWord, count, ENVIRONMENT_WORDS, KIND_WORDS, some, typeWord } from '../../words.ts'

const Fact = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const TIERS = ['0: whoever holds it holds the estate', '1: a production system', '2: everything else']

/** The attribute set, always all of it, each known or unknown with the reason. */
export function AttributeFacts({ of }: { of: Card }) {
  const { attributes: a } = of
  const moment = (name: string, known: KnownValue<string>) => (
    <Fact name={name}>
      <Known of={known}>{(at) => <When at={at} both />}</Known>
    </Fact>
  )
  return (
    <>
      <Fact name="Distinct id">
        <Code text={a.distinctId} />
      </Fact>
      <Fact name="Type">
        {typeWord(a.type)}
        <span className="sub">kind: {KIND_WORDS[a.kind][0].toLowerCase()}</span>
      </Fact>
      <Fact name="Environment">
        <Known of={a.environment}>{(value) => ENVIRONMENT_WORDS[value]}</Known>
      </Fact>
      {moment('Created', a.created)}
      {moment('Expires', a.expires)}
      <Fact name="Last used">
        <Known of={a.lastUsed}>{(at) => <When at={at} both />}</Known>
        <IfKnown of={a.lastUsed}>
          {() => (
            <span className="sub">
              <Known of={a.lastUsedBy}>{(by) => <>by {cut(by, 160)}</>}</Known>
            </span>
          )}
        </IfKnown>
      </Fact>
      <Fact name="Permissions">
        <Known of={a.permissions}>
          {(p) => (
            <>
              {some(p.entitlements, 'entitlement')} on {some(p.resources, 'resource')}
              {p.sensitive > 0 && <span className="sub high">{count(p.sensitive)} of them sensitive</span>}
            </>
          )}
        </Known>
      </Fact>
      <Fact name="Credentials">
        <Known of={a.credentials}>
          {(c) =>
            c.count === 0 ? (
              <>None of its own</>
            ) : (
              <>
                {some(c.count, 'credential')}
                <span className="sub">
                  <Known of={c.oldest}>{(at) => <>the oldest is {age(at)} old</>}</Known>
                </span>
              </>
            )
          }
        </Known>
      </Fact>
      <Fact name="How it proves itself">
        <Known of={a.methods}>
          {(list) => (list.length === 0 ? <>It holds nothing to prove itself with</> : list.join(', '))}
        </Known>
      </Fact>
      <IfKnown of={a.sensitivity}>{(value) => <Fact name="Sensitivity">{value}</Fact>}</IfKnown>
      <IfKnown of={a.tier}>{(value) => <Fact name="Tier">{TIERS[value]}</Fact>}</IfKnown>
      {of.aliases.length > 0 && (
        <Fact name="Other ids">
          {of.aliases.slice(0, 8).map((alias) => (
            <span className="sub-line" key={alias}>
              <Code text={alias} longest={120} />
            </span>
          ))}
          {of.aliases.length > 8 && <span className="sub">and {of.aliases.length - 8} more</span>}
        </Fact>
      )}
    </>
  )
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** What else the source says, in its own words. */
export function Said({ value }: { value: JsonValue }) {
  if (value === null) return <span className="quiet">empty</span>
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>
  if (typeof value === 'number') return <>{count(value)}</>
  if (typeof value === 'string' && INSTANT.test(value)) return <When at={value} both />
  if (typeof value === 'string')
    return value === '' ? <span className="quiet">empty</span> : <bdi>{cut(value, 400)}</bdi>
  if (Array.isArray(value) && value.length === 0) return <span className="quiet">none</span>
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number'))
    return (
      <bdi>
        {cut(value.slice(0, 12).join(', '), 400)}
        {value.length > 12 && ` and ${value.length - 12} more`}
      </bdi>
    )
  if (!Array.isArray(value) && Object.values(value).every((one) => one === null || typeof one !== 'object'))
    return (
      <>
        {Object.entries(value).map(([name, one]) => (
          <span className="sub-line" key={name}>
            {attributeWord(name)}: <Said value={one} />
          </span>
        ))}
      </>
    )
  return <Code text={JSON.stringify(value)} longest={400} />
}
