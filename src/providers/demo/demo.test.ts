import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { createScanner } from '../../scan/index.ts'
import { type Edge, type Entity, isEdge, Owasp, type Provider, Refused } from '../../sdk/index.ts'
import { testCollection, testRun } from '../../sdk/testing/index.ts'
import { demo, Labels } from './index.ts'
import { gaps } from './refusals.ts'
import { madeUp, worldOf } from './scene.ts'
import { Fault, RISK } from './truth.ts'

const DAY = '2026-11-24'
const NOON = new Date(`${DAY}T12:00:00.000Z`)
const later = (days: number) => new Date(NOON.getTime() + days * 86_400_000)
const settings = { size: 300, seed: 1, day: DAY }

interface Estate {
  entities: Map<string, Entity>
  edges: Edge[]
  to(key: string, verb: string): Edge[]
}

async function read(at = NOON, of = settings): Promise<Estate> {
  const entities = new Map<string, Entity>()
  const edges: Edge[] = []
  for (const { provider } of demo.providers) {
    const run = testRun({ now: () => at })
    const client = await provider.connect(of, run).catch(() => null)
    if (client === null) continue
    for (const collection of provider.collections!) {
      for await (const item of collection.read(client, run)) {
        if (isEdge(item)) edges.push(item)
        else entities.set(item.key, item)
      }
    }
  }
  const into = Map.groupBy(edges, ({ verb, to }) => `${verb} ${to}`)
  return { entities, edges, to: (key, verb) => into.get(`${verb} ${key}`) ?? [] }
}

const estate = await read()
const { identities } = demo.labels(settings, NOON)
/** Okta does not answer on the day. */
const seen = identities.filter(({ connection }) => connection !== 'okta')
const has = (fault: Fault) => seen.filter(({ labels }) => labels[RISK[fault]].includes(fault))
const isWell = ({ attributes }: Entity) => attributes['status'] !== 'disabled' && attributes['disabled'] !== true

describe.for(demo.providers)('$connection', ({ provider }: { provider: Provider }) => {
  test('is invented, and says so', () => {
    expect(provider.invented).toBe(true)
    expect(provider.summary).toMatch(/invented/)
    expect(provider.nearby).toBeUndefined()
  })

  // A month before: then every one of them answers.
  test.for((provider.collections ?? []).map(({ id }) => id))('its listing %s keeps the contract', async (id) => {
    const run = testRun({ now: () => later(-30) })
    const collection = provider.collections!.find((one) => one.id === id)!
    const world = worldOf(settings, later(-30), () => '')
    const secrets = ['ci-deployer', 'psp 1', 'id_deploy', 'odile'].map((name) => madeUp(world, name))
    const got = await testCollection(collection, await provider.connect(settings, run), run, { secrets })
    expect(collection.needs.every((need) => need.length > 2)).toBe(true)
    for (const { permission } of got.ledger.refusals) expect(permission).toBeTruthy()
  })
})

test('the same seed, size, day and moment give the same estate; another seed gives another', async () => {
  const again = await read()
  expect([...again.entities]).toEqual([...estate.entities])
  expect(again.edges).toEqual(estate.edges)
  const other = await read(NOON, { ...settings, seed: 2 })
  expect([...other.entities.keys()]).not.toEqual([...estate.entities.keys()])
  expect(demo.labels(settings, NOON)).toEqual(demo.labels(settings, NOON))
})

test.for([120, 300, 1_000, 5_000])('of %i machine identities there are so many, each once and labelled', (size) => {
  const labels = demo.labels({ ...settings, size }, NOON)
  Labels.parse(labels)
  expect(labels.identities.filter(({ machine }) => machine)).toHaveLength(size)
  expect(new Set(labels.identities.map(({ identity }) => identity)).size).toBe(labels.identities.length)
})

test('what is labelled is what the systems tell of, and the other way round', () => {
  const told = [...estate.entities.values()].filter(({ kind }) => kind === 'identity').map(({ key }) => key)
  expect(told.sort()).toEqual(seen.map(({ identity }) => identity).sort())
  expect(new Set([...estate.entities.values()].map(({ kind }) => kind)).size).toBe(7)
})

test.for(Owasp.options)('%s is there, and what only looks like it too', (risk) => {
  expect(identities.filter(({ labels }) => labels[risk].length > 0).length).toBeGreaterThan(1)
  expect(identities.filter(({ near }) => near.some(({ fault }) => RISK[fault] === risk)).length).toBeGreaterThan(0)
})

test('every fault is had by somebody', () => {
  expect(Fault.options.filter((fault) => has(fault).length === 0)).toEqual([])
})

describe('labels and estate tell one story', () => {
  test('an owner is recorded where a source names the person, and nowhere else', () => {
    for (const { identity, owner } of seen) {
      const named = estate.to(identity, 'owns').map(({ from }) => from)
      if (owner.person !== null) expect([identity, named.includes(owner.person)]).toEqual([identity, owner.recorded])
    }
    const unnamed = seen.filter(({ owner }) => owner.person !== null && !owner.recorded)
    expect(unnamed.length).toBeGreaterThan(20)
    for (const { identity, owner } of unnamed.filter((one) => one.owner.evidence.includes('created')))
      expect(estate.to(identity, 'created').map(({ from }) => from)).toContain(owner.person)
  })

  test('what would lead to an owner whom nobody names is told: a tag, commits, what runs, who set it up', () => {
    const unnamed = seen.filter(({ owner }) => owner.person !== null && !owner.recorded)
    const by = (sort: string) => unnamed.filter(({ owner }) => owner.evidence.includes(sort as never))
    const mail = (person: string) => person.slice('person:'.length)
    for (const { identity, owner } of by('tags')) {
      const { tags, sponsor } = estate.entities.get(identity)!.attributes as Record<string, Record<string, string>>
      expect([mail(owner.person!), mail(owner.person!).split('@')[0]]).toContain(tags?.['owner'] ?? sponsor)
    }
    for (const { identity, owner } of by('commits')) {
      const { tags } = estate.entities.get(identity)!.attributes as { tags: Record<string, string> }
      const repository = `github:repository/${tags['repository']!.split('/')[1]}-prod`
      const committers = estate.to(repository, 'created')
      if (committers.length > 0) expect(committers.map(({ from }) => from)).toContain(owner.person)
    }
    for (const { identity, owner } of by('logins'))
      expect(estate.entities.get(identity)!.attributes['lastInteractive']).toMatchObject({
        from: mail(owner.person!).split('@')[0],
      })
    for (const sort of ['tags', 'commits', 'runs', 'created', 'none'])
      expect([sort, by(sort).length > 0]).toEqual([sort, true])
  })

  test('an AI agent is told of with its client, model and servers, as its configuration would be', () => {
    const agents = [...estate.entities.values()].filter(
      ({ type, attributes }) => type === 'ai_agent' && attributes['accountKind'] !== 'human',
    )
    expect(
      agents.every(({ attributes }) => attributes['agent'] === true && typeof attributes['model'] === 'string'),
    ).toBe(true)
    const servers = [...estate.entities.values()].filter(({ type }) => type === 'mcp_server')
    expect(servers.length).toBeGreaterThan(5)
    for (const { key } of servers) expect(estate.to(key, 'controls').length).toBe(1)
  })

  test('a fault that nothing shows is said to be unseen, and is one that it has', () => {
    const hidden = identities.filter(({ unseen }) => unseen.length > 0)
    expect(hidden.map(({ name }) => name)).toContain('planner-poc')
    for (const { labels, unseen } of hidden) for (const fault of unseen) expect(labels[RISK[fault]]).toContain(fault)
  })

  test('whoever answers for an orphan has left', () => {
    for (const { owner } of has('orphaned')) expect(owner.person).toBeNull()
    const people = [...estate.entities.values()].filter(({ kind }) => kind === 'person')
    const left = new Set(people.filter((one) => !isWell(one)).map(({ key }) => key))
    for (const { owner } of seen) if (owner.person !== null) expect(left.has(owner.person)).toBe(false)
    expect(left.size).toBeGreaterThan(1)
  })

  test('what is stale was not used for long, where use is on record', () => {
    for (const { identity } of has('stale')) {
      const { lastUsed } = estate.entities.get(identity)!
      if (lastUsed && 'value' in lastUsed)
        expect(NOON.getTime() - Date.parse(lastUsed.value)).toBeGreaterThan(80 * 86_400_000)
    }
  })

  test('what was switched off and not revoked is off, and a credential of it is in force', () => {
    for (const { identity } of has('unrevoked')) {
      expect(isWell(estate.entities.get(identity)!)).toBe(false)
      const proofs = estate.to(identity, 'authenticates').map(({ from }) => estate.entities.get(from)!)
      expect(proofs.some(isWell)).toBe(true)
    }
  })

  test('a leak has a place, or is one that no source shows', () => {
    for (const { identity, hard } of has('leaked')) {
      const prints = estate.to(identity, 'authenticates').map(({ from }) => estate.entities.get(from)!.fingerprint)
      const places = [...estate.entities.values()].filter(
        ({ kind, type, fingerprint, attributes }) =>
          kind === 'secret' && prints.includes(fingerprint) && (type === 'git_leak' || attributes['public'] === true),
      )
      if (hard === null || !hard.includes('do not read'))
        expect([identity, places.length > 0]).toEqual([identity, true])
    }
  })

  test('a credential that is reused has several users', () => {
    for (const { identity } of has('reused')) {
      const users = estate.to(identity, 'authenticates').map(({ from }) => {
        const copies = estate.to(from, 'holds').map((edge) => edge.from)
        const workloads = [from, ...copies].flatMap((key) => estate.to(key, 'uses').map((edge) => edge.from))
        const proved = estate.edges.filter((edge) => edge.verb === 'authenticates' && edge.from === from)
        return Math.max(new Set(workloads).size, proved.length)
      })
      expect([identity, Math.max(...users) > 1]).toEqual([identity, true])
    }
  })

  test('another company, a way in and two environments are seen at the identity', () => {
    for (const { identity } of has('vendor-excess'))
      expect(estate.entities.get(identity)!.attributes['thirdParty']).toBe(true)
    for (const { identity } of has('open-trust'))
      expect(
        estate.to(identity, 'authenticates').some(({ from }) => estate.entities.get(from)!.method === 'federation'),
      ).toBe(true)
  })
})

test('the estate moves with time: credentials are replaced, things are used, people leave', async () => {
  const then = await read(later(40))
  const proofs = (of: Estate) =>
    [...of.entities.values()].filter(({ kind }) => kind === 'credential').map(({ key }) => key)
  expect(proofs(then).filter((key) => !estate.entities.has(key)).length).toBeGreaterThan(30)
  expect(proofs(estate).filter((key) => !then.entities.has(key)).length).toBeGreaterThan(30)
  const used = (of: Estate) =>
    of.entities.get('aws:arn:aws:iam::441000000001:user/ci-deployer')!.lastUsed as { value: string }
  expect(Date.parse(used(then).value)).toBeGreaterThan(NOON.getTime() + 39 * 86_400_000)
  const wanda = 'person:wanda.pryce@larkfield.example'
  expect([estate, then].map((of) => isWell(of.entities.get(wanda)!))).toEqual([true, false])
  const gone = await read(later(-300))
  expect(gone.entities.size).toBeGreaterThan(500)
  for (const { key, created } of gone.entities.values())
    if (created && 'value' in created) expect([key, created.value <= later(-299).toISOString()]).toEqual([key, true])
})

test('refusals name the grant, Okta stops three days before, and nothing else refuses to connect', async () => {
  for (const { permission, reason } of gaps) expect(`${permission} ${reason}`.length).toBeGreaterThan(30)
  for (const { provider, connection } of demo.providers) {
    const run = testRun({ now: () => NOON })
    const refused = await provider.connect(settings, run).then(
      () => null,
      (error: unknown) => error,
    )
    if (connection === 'okta') expect(refused).toBeInstanceOf(Refused)
    else expect(refused).toBeNull()
  }
})

test('of twenty thousand a listing is told as it goes: memory does not grow with it', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const kept = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const run = testRun({ now: () => NOON })
  const large = { ...settings, size: 20_000 }
  for (const [connection, id] of [
    ['aws', 'iam-users-and-roles'],
    ['kubernetes', 'secrets'],
  ] as const) {
    const { provider } = demo.providers.find((one) => one.connection === connection)!
    const client = await provider.connect(large, run)
    const listing = provider.collections!.find((one) => one.id === id)!
    let items = 0
    let least = 0
    let most = 0
    for await (const _ of listing.read(client, run)) {
      if (++items === 1_000) least = kept()
      if (items % 1_000 === 0) most = Math.max(most, kept())
    }
    expect(items).toBeGreaterThan(4_000)
    // A thousand items more are about a megabyte.
    expect(most - least).toBeLessThan(2 << 20)
  }
})

test('hostile names are among them', () => {
  const names = [...estate.entities.values()].map(({ name }) => name)
  expect(names.some((name) => name.includes('<script>'))).toBe(true)
  expect(names.some((name) => name.includes('\u202e'))).toBe(true)
  expect(names.some((name) => name.includes('\n'))).toBe(true)
  expect(Math.max(...names.map((name) => name.length))).toBe(10_000)
})

test('no line of its source looks like a secret', async () => {
  const found = []
  const folder = new URL('.', import.meta.url).pathname
  for await (const { file, detections } of createScanner().scanFolder(folder))
    for (const { detector, line } of detections) found.push(`${file}:${line} ${detector}`)
  expect(found).toEqual([])
})
