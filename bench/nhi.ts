/**
 * NHI1 to NHI10: precision and recall of the rules, by risk, on the invented estate whose truth is known; `owner`: how often the
 * first person suggested is the one who answers. Seeds of their own can be given: `bench nhi -- 11 12`. An identity counts as found
 * where a rule of the risk fails on it or on what proves it. Exact: what is labelled is what was read, and reading again says the same.
 */
import { Owasp } from '../src/sdk/index.ts'
import { claim, finish, quick } from './claims.ts'
import { type Labelled, labelledEstate } from './nhi/labelled-estate.ts'
import { emptyOwnerTally, emptyTally, floorOf, type Tally, tally, tallyOwners } from './nhi/measure.ts'

/** So often the first person suggested must be the one who answers. */
const OWNER_FLOOR = 0.7

const TITLES: Readonly<Record<Owasp, string>> = {
  NHI1: 'improper offboarding: stale, orphaned, unrevoked',
  NHI2: 'secret leakage',
  NHI3: 'third parties',
  NHI4: 'insecure authentication',
  NHI5: 'too many rights',
  NHI6: 'open trust of cloud deployments',
  NHI7: 'long-lived secrets',
  NHI8: 'environments mixed',
  NHI9: 'reuse',
  NHI10: 'human use',
}

const given = process.argv.slice(2).flatMap((word) => (/^\d+$/.test(word) ? [Number(word)] : []))
const seeds = given.length > 0 ? given : [1, 2, 3, 4, 5]
const estates = [...seeds.map((seed) => [300, seed] as const), ...(quick ? [] : [[2_000, seeds[0]!] as const])]

const machines = new Map(Owasp.options.map((risk) => [risk, emptyTally()]))
const people = new Map(Owasp.options.map((risk) => [risk, emptyTally()]))
const owners = emptyOwnerTally()
let exact = true
let identities = 0
for (const [size, seed] of estates) {
  const labelled = await labelledEstate(size, seed)
  const once = snapshot(labelled)
  tally(labelled, machines, true)
  tally(labelled, people, false)
  tallyOwners(labelled, owners)
  identities += labelled.truths.filter(({ machine }) => machine).length
  exact &&= isWhole(labelled) && once === snapshot(await labelledEstate(size, seed))
  process.stderr.write(`${size} identities, seed ${seed}: read and judged\n`)
}

for (const [risk, counts] of machines) {
  const { right, wrong, missed, unknown, leftOut, hard } = counts
  const precision = share(right, right + wrong)
  const recall = share(right, right + missed)
  claim({
    claim: risk,
    what: `${TITLES[risk]}; the lesser of precision and recall over ${identities} identities of ${estates.length} estates`,
    ours: Math.min(precision, recall),
    theirs: 1,
    unit: 'share',
    ratio: Math.min(precision, recall),
    floor: floorOf(risk),
    exact,
    more: {
      precision: rounded(precision),
      recall: rounded(recall),
      // As if every verdict of unknown were a miss.
      recallOfAll: rounded(share(right, right + missed + unknown)),
      right,
      wrong,
      missed,
      unknown,
      leftOut,
      hard,
    },
  })
}
const suggested = owners.right + owners.wrong
const asked = suggested + owners.silent
claim({
  claim: 'owner',
  what: `first person suggested is right, of ${asked} identities that no source names an owner for`,
  ours: share(owners.right, asked),
  theirs: 1,
  unit: 'share',
  ratio: share(owners.right, asked),
  floor: OWNER_FLOOR,
  exact,
  more: {
    right: owners.right,
    wrong: owners.wrong,
    silent: owners.silent,
    coverage: rounded(share(suggested, asked)),
    precision: rounded(share(owners.right, suggested)),
  },
})
finish()

for (const [risk, counts] of machines) confusion(risk, counts)
for (const [risk, { right, wrong, missed, unknown }] of people)
  if (right + wrong + missed + unknown > 0)
    say(`${risk} of people's own accounts, apart: ${right} right, ${wrong} wrong, ${missed} missed, ${unknown} unknown`)
say(`owner by how sure: ${parts(owners.confidence)}`)
say(`owner by strongest evidence: ${parts(owners.sorts)}`)

function confusion(risk: string, { labels, wrongBy }: Tally): void {
  const of = [...labels].map(
    ([label, { found, unknown, of }]) =>
      `${label} ${found} of ${of} found${unknown > 0 ? `, ${unknown} unknown` : ''}${of - found - unknown > 0 ? `, ${of - found - unknown} missed` : ''}`,
  )
  const wrong = [...wrongBy].map(([rule, times]) => `${rule} ${times}`)
  say(`${risk}: ${of.join('; ')}${wrong.length > 0 ? `; wrongly said by ${wrong.join(', ')}` : ''}`)
}

function parts(map: ReadonlyMap<string, { right: number; of: number }>): string {
  return [...map]
    .sort(([, a], [, b]) => b.of - a.of)
    .map(([name, { right, of }]) => `${name} ${right} of ${of}`)
    .join(', ')
}

/** Each labelled identity was read, and none without a label. */
function isWhole({ estate, truths }: Labelled): boolean {
  const read = [...estate.entities()].flatMap(({ kind, key }) => (kind === 'identity' ? [key] : []))
  return read.length === truths.length && truths.every(({ identity }) => estate.get(identity)?.key === identity)
}

function snapshot({ estate, truths }: Labelled): string {
  return JSON.stringify([truths.length, [...estate.entities()].map(({ key, attributes }) => [key, attributes])])
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
