/** Who works at Larkfield, and what it runs. */
import type { Chance } from './chance.ts'

export interface Person {
  key: string
  name: string
  mail: string
  team: string
  title: string
  /** Days from the day of the stories: when they came and, if they did or will, left. */
  came: number
  left: number | null
}

export interface Service {
  name: string
  team: string
  /** What its data is worth. */
  sensitivity: 'restricted' | 'confidential' | 'internal'
  /** Place in the list of people. */
  owner: number
}

const CAST: [name: string, team: string, title: string, came: number, left: number | null][] = [
  ['Mara Quill', 'Platform', 'Head of platform', -2600, null],
  ['Tobias Fenn', 'Checkout', 'Engineering lead', -1900, null],
  ['Ines Calloway', 'Data', 'Data engineering lead', -1500, null],
  ['Priya Sandoval', 'Payments', 'Engineering lead', -1300, null],
  ['Odile Marsh', 'Finance', 'Controller', -2100, null],
  ['Kenji Harrow', 'Logistics', 'Engineering lead', -1100, null],
  ['Lena Brandt', 'Checkout', 'Developer', -800, null],
  ['Samir Holt', 'Security', 'Head of security', -1700, null],
  ['Greta Voss', 'Customer care', 'Operations lead', -900, null],
  ['Noor Easton', 'Platform', 'Platform engineer', -700, null],
  ['Felix Arden', 'Platform', 'Platform engineer', -1250, null],
  ['Jonas Reyk', 'Finance', 'Integration engineer', -1600, -6],
  ['Bruno Aldane', 'Data', 'Data engineer', -1400, -240],
  ['Thea Lindqvist', 'Logistics', 'Developer', -500, null],
  ['Rafael Okoro', 'Data', 'Machine-learning engineer', -420, null],
  ['Wanda Pryce', 'Customer care', 'Automation specialist', -650, 24],
  ['Idris Bellamy', 'Payments', 'Developer', -310, null],
  ['Sunniva Dahl', 'Warehouse', 'Devices lead', -980, null],
]

const FIRST =
  'Ada Basil Cleo Dario Elif Fabian Gwen Hugo Iris Jules Kira Luca Mina Nils Orla Pavel Romy Stellan Tilda Umar'
const LAST =
  'Abend Barlow Castell Drummond Eskola Farrow Grieve Hallam Imrie Jarvis Kestrel Lowe Merrow Nye Orwin Peake Rusk Sorrel Tarn Varga'

const TEAMS = ['Platform', 'Checkout', 'Data', 'Payments', 'Finance', 'Logistics', 'Customer care', 'Warehouse']

const SERVICES: [name: string, team: string, sensitivity: Service['sensitivity']][] = [
  ['checkout', 'Checkout', 'confidential'],
  ['orders', 'Checkout', 'confidential'],
  ['payments', 'Payments', 'restricted'],
  ['pricing', 'Checkout', 'internal'],
  ['parcels', 'Logistics', 'internal'],
  ['labels', 'Logistics', 'internal'],
  ['billing', 'Finance', 'restricted'],
  ['ledger', 'Finance', 'restricted'],
  ['search', 'Checkout', 'internal'],
  ['notify', 'Customer care', 'internal'],
  ['tracking', 'Logistics', 'internal'],
  ['returns', 'Customer care', 'confidential'],
  ['media', 'Checkout', 'internal'],
  ['reports', 'Data', 'confidential'],
  ['lake', 'Data', 'restricted'],
  ['loyalty', 'Customer care', 'confidential'],
  ['scanners', 'Warehouse', 'internal'],
  ['routing', 'Logistics', 'internal'],
]

export interface Company {
  people: readonly Person[]
  services: readonly Service[]
  /** Who had left by the day of the stories. */
  leavers: readonly Person[]
  /** The person of that name; the cast are called by theirs. */
  person(name: string): Person
  /** Who of a team was here two months before and stays. */
  settled(team: string): readonly Person[]
}

const made = new Map<string, Company>()

/** The same for the same size and seed; kept, because every listing asks for it. */
export function companyOf(size: number, seed: number, chance: Chance): Company {
  const known = made.get(`${size} ${seed}`)
  if (known) return known
  const people = CAST.map(([name, team, title, came, left]) => personOf(name, team, title, came, left))
  const first = FIRST.split(' ')
  const last = LAST.split(' ')
  for (let i = people.length; i < Math.round(size / 15); i++) {
    const round = Math.floor(i / (first.length * last.length))
    const name = `${first[i % first.length]} ${last[Math.floor(i / first.length) % last.length]}${round > 0 ? ` ${round + 1}` : ''}`
    const came = -chance.between(30, 2000, 'came', i)
    const leaves = chance('leaves', i) < 0.1
    const left = leaves ? chance.between(Math.max(came + 20, -300), 120, 'left', i) : null
    people.push(personOf(name, chance.of(TEAMS, 'team', i), 'Engineer', came, left))
  }
  const services = SERVICES.map(([name, team, sensitivity], i) => ({
    name,
    team,
    sensitivity,
    owner: ownerIn(people, team, i),
  }))
  for (let i = services.length; i < Math.ceil(size / 16); i++) {
    const [word, team, sensitivity] = SERVICES[i % SERVICES.length]!
    services.push({
      name: `${word}-${Math.floor(i / SERVICES.length) + 1}`,
      team,
      sensitivity,
      owner: ownerIn(people, team, i),
    })
  }
  const byName = new Map(people.map((person) => [person.name, person]))
  const leavers = people.filter(({ left }) => left !== null && left < 0)
  const settled = Map.groupBy(
    people.filter(({ left, came }) => left === null && came < -60),
    ({ team }) => team,
  )
  const company = {
    people,
    services,
    leavers,
    person: (name: string) => byName.get(name)!,
    settled: (team: string) => settled.get(team) ?? [],
  }
  made.clear()
  made.set(`${size} ${seed}`, company)
  return company
}

const personOf = (name: string, team: string, title: string, came: number, left: number | null): Person => {
  const mail = `${name.toLowerCase().replaceAll(' ', '.')}@larkfield.example`
  return { key: `person:${mail}`, name, mail, team, title, came, left }
}

/** Somebody of the team who is there to stay. */
function ownerIn(people: readonly Person[], team: string, i: number): number {
  const fit = people.flatMap((person, at) => (person.team === team && person.left === null ? [at] : []))
  return fit[i % fit.length] ?? 0
}
