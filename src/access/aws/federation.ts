/** Who could satisfy a trust in tokens of OpenID Connect: not what the policy seems to say, but which subjects pass it, with one as a witness. */
import { type Test, testHolds } from '../condition.ts'
import { globMatches } from '../glob.ts'
import { type Demand, findText } from '../language.ts'
import type { Statement } from '../model.ts'
import type { AwsEstate } from './estate.ts'
import { type Issuer, issuerOf } from './issuers.ts'

/**
 * `anybody`: strangers who have an account at the issuer; `issuer`: whoever the issuer gives a token to, and strangers get none; `owner`: all of
 * an organization, group or namespace; `named`: those it names; `nobody`: no token passes; `unknown`: it could not be worked out.
 */
export type Breadth = 'anybody' | 'issuer' | 'owner' | 'named' | 'nobody' | 'unknown'

export interface FederatedTrust {
  provider: string
  issuer: string
  breadth: Breadth
  says: string
  /** A subject that passes; the widest kind there is. */
  witness: string | null
  /** Which kinds of runs pass with any name: `branches`, `pull requests`. */
  any: string[]
  /** It goes by names alone: whoever registers the name once it is free passes. */
  takeover: boolean
  /** Does it ask for whom the token was made? */
  asksAudience: boolean
  dependsOn: string[]
  from: string
}

/** Of a role, by each statement that lets a federation in. */
export function trustsOf({ holders }: AwsEstate, index: number): FederatedTrust[] {
  const statements = holders[index]?.trust?.statements ?? []
  const denials = statements.filter(({ effect, actions }) => effect === 'deny' && isWeb(actions))
  return statements.flatMap((statement) =>
    statement.effect === 'allow' && isWeb(statement.actions)
      ? (statement.who?.federations ?? [])
          .filter((one) => !one.includes(':saml-provider/'))
          .map((provider) => satisfiedBy(statement, denials, provider))
      : [],
  )
}

const isWeb = ({ not, patterns }: Statement['actions']): boolean =>
  patterns.some((one) => globMatches(one.toLowerCase(), 'sts:assumerolewithwebidentity')) !== not

const POSITIVE = /^(string|arn)(equals|like)$|^stringequalsignorecase$/
const NEGATIVE = /^(string|arn)not(equals|like)$|^stringnotequalsignorecase$/

export function satisfiedBy(statement: Statement, denials: readonly Statement[], provider: string): FederatedTrust {
  const address = provider.replace(/^arn:[^:]*:iam::\d*:oidc-provider\//, '')
  const issuer = issuerOf(address)
  const prefix = `${address.toLowerCase()}:`
  const base = { provider, issuer: issuer.title, asksAudience: asks(statement, `${prefix}aud`), from: statement.from }
  const end = (breadth: Breadth, says: string, more: Partial<FederatedTrust> = {}): FederatedTrust => ({
    ...base,
    breadth,
    says,
    witness: null,
    any: [],
    takeover: false,
    dependsOn: [],
    ...more,
  })
  if (address === 'cognito-identity.amazonaws.com') return cognito(statement, prefix, end)

  const dependsOn: string[] = []
  const demands: Demand[] = []
  let closed: Closed | undefined
  for (const test of statement.condition) {
    const read = readTest(test, prefix, issuer)
    if (read === 'never')
      return end('nobody', `no token of ${issuer.title} passes: ${worded(test)} asks for what none has`)
    if (isClosed(read)) closed = closed === undefined || closed === 'all of an owner' ? read : closed
    else if (typeof read === 'string') dependsOn.push(...(read === 'depends' ? [worded(test)] : []))
    else demands.push(read)
  }
  for (const { condition, who } of denials) {
    if (who !== undefined && !who.anyone && !who.federations.includes(provider)) continue
    const [test, ...rest] = condition
    const read = test === undefined ? 'always' : readTest(test, prefix, issuer)
    if (rest.length === 0 && typeof read === 'object') demands.push({ ...read, wanted: !read.wanted })
    else if (rest.length === 0 && read === 'always')
      return end('nobody', 'a denial without a condition keeps everybody out')
    else if (read !== 'never') dependsOn.push(`a denial: ${condition.map(worded).join(' and ')}`)
  }

  const values = demands.filter(({ wanted }) => wanted).flatMap(({ patterns }) => patterns)
  const owners = issuer.shared || values.length > 0 ? excluding(values.flatMap(issuer.owners)) : []
  const items = excluding(values.flatMap(issuer.items))
  const look = (more: readonly Demand[]) => search(issuer, [...demands, ...more])
  const stranger = closed !== undefined ? NOBODY : look(owners)
  const some = look([])
  const rest = { dependsOn, any: anyKinds(issuer, demands) }
  if (stranger.witness !== null)
    return issuer.shared
      ? end('anybody', `anybody with an account at ${issuer.title} passes, such as ${stranger.witness}`, {
          ...rest,
          witness: stranger.witness,
        })
      : end('issuer', `whoever ${issuer.title} gives a token to passes, such as ${stranger.witness}`, {
          ...rest,
          witness: stranger.witness,
        })
  if (stranger.given || some.given) return end('unknown', 'too much to try: nobody knows who passes', rest)
  if (some.witness === null) return end('nobody', `no subject that ${issuer.title} writes passes`, rest)
  const takeover = issuer.shared && closed !== 'an id' && some.byName
  const whole = closed === 'a name' || closed === 'an id' ? NOBODY : look(items)
  if (whole.witness !== null && issuer.item !== issuer.owner)
    return end('owner', `any ${issuer.item} of the ${issuer.owner} it names passes, such as ${whole.witness}`, {
      ...rest,
      witness: whole.witness,
      takeover,
    })
  return end('named', `only what it names passes, such as ${some.witness}`, {
    ...rest,
    witness: some.witness,
    takeover,
  })
}

/** What a claim that strangers cannot choose asks for. */
type Closed = 'an id' | 'a name' | 'all of an owner'
type ReadTest = Demand | Closed | 'always' | 'never' | 'depends'

const isClosed = (read: ReadTest): read is Closed => read === 'an id' || read === 'a name' || read === 'all of an owner'

/** What a line of a condition asks of the token; of the subject as a demand. */
function readTest(test: Test, prefix: string, { claims, owned }: Issuer): ReadTest {
  const { key, operator, values, over, ifExists } = test
  if (key === `${prefix}sub`) {
    if (operator === 'null') return testHolds(test, () => ['x']) === 'yes' ? 'always' : 'never'
    const exact = !operator.endsWith('like')
    if (POSITIVE.test(operator)) return { patterns: values, wanted: true, exact, ignoreCase: operator.endsWith('case') }
    if (NEGATIVE.test(operator))
      return { patterns: values, wanted: false, exact, ignoreCase: operator.endsWith('case') }
    return 'depends'
  }
  if (key === `${prefix}aud`) {
    if (operator === 'null') return testHolds(test, () => ['x']) === 'yes' ? 'always' : 'never'
    return POSITIVE.test(operator) && values.length === 0 ? 'never' : 'always'
  }
  if (key.startsWith(prefix)) {
    const claim = key.slice(prefix.length)
    if (claims?.has(claim) && POSITIVE.test(operator)) {
      // What is in a name of theirs is not checked by halves: a pattern that leaves the owner open is open.
      if (!owned?.has(claim)) return claim === 'job_workflow_ref' || claim === 'environment' ? 'depends' : 'always'
      if (values.every((one) => /^\d+$/.test(one))) return 'an id'
      if (!values.every((one) => /^[^*?/]+(\/|$)/.test(one))) return 'always'
      return values.some((one) => /[*?]/.test(one)) ? 'all of an owner' : 'a name'
    }
    if (claims?.has(claim)) return 'depends'
    // A claim that AWS does not hand on is not in the request: all of no values is true.
    const absent = testHolds(test, () => null)
    return absent === 'yes' && (over === 'all' || ifExists || operator === 'null' || NEGATIVE.test(operator))
      ? 'always'
      : 'depends'
  }
  // A key of another issuer is never in the request.
  if (/^[a-z0-9.-]+\.[a-z]{2,}(\/[^:]*)?:/.test(key)) return testHolds(test, () => null) === 'yes' ? 'always' : 'never'
  return 'depends'
}

const asks = ({ condition }: Statement, key: string): boolean =>
  condition.some(
    (test) =>
      test.key === key &&
      POSITIVE.test(test.operator) &&
      test.over !== 'all' &&
      !test.ifExists &&
      !test.values.includes('*'),
  )

const excluding = (patterns: readonly string[]): Demand[] =>
  patterns.length === 0 ? [] : [{ patterns, wanted: false, ignoreCase: true }]

interface Found {
  witness: string | null
  /** A search was given up. */
  given: boolean
  byName: boolean
}
const NOBODY: Found = { witness: null, given: false, byName: false }

/** The first form that passes; those that go by names alone first. */
function search({ forms }: Issuer, demands: readonly Demand[]): Found {
  let given = false
  for (const { form, byName = false } of forms.toSorted(
    (one, other) => Number(other.byName ?? false) - Number(one.byName ?? false),
  )) {
    const text = findText(form, demands)
    if (typeof text === 'string') return { witness: text, given: false, byName }
    if (text === undefined) given = true
  }
  return { ...NOBODY, given }
}

/** Kinds of runs of which any name passes: one is tried that no pattern speaks of. */
function anyKinds({ forms }: Issuer, demands: readonly Demand[]): string[] {
  const kinds = new Set<string>()
  for (const { what, form } of forms) {
    const last = form.at(-1)
    const tried = typeof last === 'object' ? [...form.slice(0, -1), 'x7x7x7'] : form
    if (typeof findText(tried, demands) === 'string') kinds.add(what)
  }
  return [...kinds]
}

/** Identity pools are everybody's: the pool is the audience, and strangers have pools of their own. */
function cognito(
  statement: Statement,
  prefix: string,
  end: (breadth: Breadth, says: string, more?: Partial<FederatedTrust>) => FederatedTrust,
): FederatedTrust {
  const guests = !statement.condition.some(
    ({ key, values, operator }) =>
      key === `${prefix}amr` && POSITIVE.test(operator) && values.every((one) => one === 'authenticated'),
  )
  if (!asks(statement, `${prefix}aud`))
    return end('anybody', 'any identity pool of any account passes: it does not say which pool it means', {
      witness: 'an identity pool of anybody',
    })
  return guests
    ? end('anybody', 'the pool it names passes, guests who did not sign in too', {
        witness: 'a guest of the identity pool',
      })
    : end('issuer', 'whoever the identity pool it names signs in passes', {
        witness: 'a signed-in user of the identity pool',
      })
}

const worded = ({ written: { operator, key }, values }: Test): string => `${key} (${operator} ${values.join(', ')})`
