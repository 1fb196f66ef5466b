import { describe, expect, test } from 'vitest'
import { estateFrom } from '../graph/index.ts'
import { type Edge, Entity } from '../sdk/index.ts'
import { suggestOwner } from './owner.ts'

type Given = Parameters<typeof Entity.parse>[0]
const KEY = 'aws:arn:aws:iam::1:role/export'
const thing = (over: object = {}): Given => ({
  kind: 'identity',
  type: 'aws_iam_role',
  key: KEY,
  name: 'export',
  ...over,
})
const person = (name: string, over: object = {}): Given => {
  const mail = `${name.toLowerCase().replaceAll(' ', '.')}@acme.test`
  return { kind: 'person', type: 'person', key: `person:${mail}`, name, aliases: [mail], ...over }
}
const ADA = 'person:ada.lovelace@acme.test'
const BO = 'person:bo.bell@acme.test'
const staff = [person('Ada Lovelace'), person('Bo Bell'), person('Cy Cole')]
const to = (from: string, verb: Edge['verb'], of = KEY, attributes?: Edge['attributes']): Edge => ({
  from,
  verb,
  to: of,
  ...(attributes && { attributes }),
})

function suggest(items: readonly (Given | Edge)[], options?: Parameters<typeof suggestOwner>[2]) {
  const estate = estateFrom(
    [...staff, ...items].map((item) => ({
      connection: 'x',
      collection: 'y',
      item: 'verb' in (item as object) ? (item as Edge) : Entity.parse(item),
    })),
  )
  return suggestOwner(estate, estate.get(KEY)!, options)
}

const others = (owner: string, names: readonly string[], over: object = {}) =>
  names.flatMap((name) => [
    { kind: 'identity', type: 'aws_iam_role', key: `aws:${name}`, name, ...over } as Given,
    to(owner, 'owns', `aws:${name}`),
  ])

describe('one sort of evidence, in the shapes in which it is told', () => {
  test.for<[string, (Given | Edge)[], string, string]>([
    [
      'a tag of AWS with an address',
      [thing({ attributes: { tags: { Owner: 'ada.lovelace@acme.test' } } })],
      'tag',
      'Its tag Owner names ada.lovelace@acme.test.',
    ],
    [
      'a tag with a login',
      [thing({ attributes: { tags: { 'acme:created-by': 'alovelace' } } })],
      'tag',
      'Its tag acme:created-by names alovelace.',
    ],
    [
      'a tag with a name',
      [thing({ attributes: { tags: { contact: 'Ada Lovelace (platform)' } } })],
      'tag',
      'Its tag contact names Ada Lovelace (platform).',
    ],
    [
      'the sponsor of an agent',
      [thing({ attributes: { sponsor: 'ada.lovelace@acme.test' } })],
      'tag',
      'Its source names ada.lovelace@acme.test as sponsor.',
    ],
    [
      'a description',
      [thing({ attributes: { description: 'Spring campaign, Ada' } })],
      'name',
      'Its description names them: “Spring campaign, Ada”.',
    ],
    ['its name', [thing({ name: 'alovelace-export' })], 'name', 'Its name is made of theirs.'],
    ['who made it', [thing(), to(ADA, 'created')], 'creator', 'Made it.'],
    ['who may change it', [thing(), to(ADA, 'controls')], 'control', 'May change it at its source.'],
    [
      'the commits of the repository that declares it',
      [
        thing(),
        { kind: 'resource', type: 'git_repository', key: 'git:infra', name: 'infra' },
        to('git:infra', 'contains'),
        to(ADA, 'created', 'git:infra', { commits: 90, lastCommit: '2026-11-01T00:00:00.000Z' }),
        to(BO, 'created', 'git:infra', { commits: 200, lastCommit: '2023-01-01T00:00:00.000Z' }),
      ],
      'commits',
      'Made 90 commits to infra, which declares it.',
    ],
    [
      'the commits of the repository that a tag names',
      [
        thing({ attributes: { tags: { repository: 'https://git.acme.test/acme/infra.git' } } }),
        { kind: 'resource', type: 'git_repository', key: 'git:infra', name: 'acme/infra' },
        to(ADA, 'created', 'git:infra', { commits: 9, lastCommit: '2026-11-01T00:00:00.000Z' }),
      ],
      'commits',
      'Made 9 commits to acme/infra, which declares it.',
    ],
    [
      'the workload that runs as it',
      [
        thing(),
        { kind: 'workload', type: 'systemd_unit', key: 'host:u', name: 'export.service' },
        to('host:u', 'runs-as'),
        to(ADA, 'owns', 'host:u'),
      ],
      'workload',
      'Answers for export.service, which runs as it.',
    ],
    [
      'the host it stands on',
      [
        thing(),
        { kind: 'resource', type: 'linux_host', key: 'host:web', name: 'web' },
        to('host:web', 'contains'),
        to(ADA, 'owns', 'host:web'),
      ],
      'place',
      'Answers for web, which contains it.',
    ],
    [
      'the unix account that owns its files',
      [
        thing(),
        {
          kind: 'identity',
          type: 'linux_user',
          key: 'host:web/user/ada',
          name: 'ada@web',
          attributes: { accountKind: 'human', account: 'alovelace' },
        },
        to('host:web/user/ada', 'controls'),
      ],
      'control',
      'May change it at its source, as ada@web.',
    ],
    [
      'the last person to log in to it',
      [thing({ attributes: { lastInteractive: { at: '2026-11-01T00:00:00.000Z', from: 'alovelace', how: 'su' } } })],
      'login',
      'Worked through it last: alovelace.',
    ],
    [
      'the comment of a key that opens it',
      [
        thing(),
        {
          kind: 'credential',
          type: 'ssh_key',
          key: 'ssh:k',
          name: 'k',
          method: 'ssh-key',
          attributes: { comment: 'ada.lovelace@laptop' },
        },
        to('ssh:k', 'authenticates'),
      ],
      'name',
      'A key of it bears the comment ada.lovelace@laptop.',
    ],
    [
      'who answers for others of the same tag',
      [
        thing({ attributes: { tags: { service: 'billing' } } }),
        ...others(ADA, ['a', 'b', 'c'], { attributes: { tags: { service: 'billing' } } }),
        ...others(BO, ['d'], { attributes: { tags: { service: 'billing' } } }),
      ],
      'kin',
      'Answers for 3 of 4 others with the tag service=billing.',
    ],
    [
      'who answers for others whose name begins alike',
      [thing({ name: 'svc-billing-export@web' }), ...others(ADA, ['billing-import', 'billing-mail'])],
      'kin',
      'Answers for 2 of 2 others whose name begins with billing.',
    ],
  ])('%s', ([, items, sort, says]) => {
    const suggested = suggest(items)
    expect(suggested).toMatchObject({ person: ADA, name: 'Ada Lovelace' })
    expect(suggested!.evidence[0]).toEqual({ sort, says })
    expect(suggested!.because[0]).toBe(says)
  })
})

describe('several sorts', () => {
  test('two that agree outweigh one that does not, and how sure it is follows from the margin', () => {
    const agreed = suggest([
      thing({ attributes: { tags: { owner: 'ada.lovelace@acme.test' } } }),
      to(ADA, 'created'),
      to(BO, 'controls'),
    ])
    expect(agreed).toMatchObject({ person: ADA, confidence: 'high' })
    expect(agreed!.evidence.map(({ sort }) => sort)).toEqual(['tag', 'creator'])
    const split = suggest([thing(), to(ADA, 'controls'), to(BO, 'controls')])
    expect(split).toMatchObject({ confidence: 'low' })
  })

  test('whoever makes things for a living answers for what they made only where nobody else is to be seen', () => {
    const made = others(BO, ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']).flatMap((item) =>
      'verb' in (item as object) ? [item, to(ADA, 'created', (item as Edge).to)] : [item],
    )
    const alone = suggest([thing(), to(ADA, 'created'), ...made])
    expect(alone).toMatchObject({ person: ADA, confidence: 'low' })
    expect(alone!.because[0]).toBe('Made it, as they made 7 others that colleagues answer for.')
    expect(suggest([thing(), to(ADA, 'created'), to(BO, 'controls'), ...made])).toMatchObject({ person: BO })
  })

  test('a team leads to whoever leads it, and its members are no evidence by themselves', () => {
    const team = [
      person('Dee Dunn', { attributes: { team: 'Billing', title: 'Engineering lead' } }),
      person('Eve East', { attributes: { team: 'Billing' } }),
    ]
    const tagged = thing({ attributes: { tags: { team: 'billing' } } })
    expect(suggest([tagged, ...team])).toMatchObject({
      person: 'person:dee.dunn@acme.test',
      confidence: 'low',
      because: ['Leads billing, the team it is of.'],
    })
    expect(suggest([tagged, team[1]!, person('Flo Fox', { attributes: { team: 'Billing' } })])).toBeNull()
  })
})

describe('who is never suggested', () => {
  test('whoever has left, even where everything speaks for them', () => {
    const gone = person('Gil Gray', { attributes: { status: 'disabled' } })
    const items = [
      thing({ attributes: { tags: { owner: 'gil.gray@acme.test' } } }),
      gone,
      to('person:gil.gray@acme.test', 'created'),
    ]
    expect(suggest(items)).toBeNull()
    expect(suggest([...items, to(BO, 'controls')])).toMatchObject({ person: BO })
  })

  test('whoever said that it is not theirs', () => {
    const items = [thing({ attributes: { declinedBy: [ADA] } }), to(ADA, 'created'), to(BO, 'controls')]
    expect(suggest(items)).toMatchObject({ person: BO })
    expect(suggest(items, { declined: new Set([BO]) })).toBeNull()
  })

  test('a machine, and a word that could be two people', () => {
    const bot = { kind: 'identity', type: 'git_bot', key: 'git:bot/ci', name: 'ci' }
    expect(suggest([thing(), bot, to('git:bot/ci', 'created')])).toBeNull()
    expect(suggest([thing({ attributes: { description: 'ask Ada' } }), person('Ada Byron')])).toBeNull()
  })

  test('names are text, however long or hostile', () => {
    expect(suggest([thing({ name: `${'ada '.repeat(5)}<script>${'x'.repeat(9_000)}` })])).toMatchObject({ person: ADA })
    expect(suggest([thing({ name: '(((((((([a-z]*)*)*)*' })])).toBeNull()
  })
})
