import { defineRule, fail, pass } from '../../sdk/index.ts'

const ROLE = 'postgres:db:5432/role/app'
const role = { kind: 'identity' as const, type: 'postgres_role', key: ROLE, name: 'app', attributes: { login: true } }
const client = (application: string, interactive: boolean) => ({
  kind: 'workload' as const,
  type: 'postgres_client',
  key: `postgres:db:5432/client/app/${application}@10.0.0.7`,
  name: `${application} from 10.0.0.7`,
  attributes: { application, interactive, address: '10.0.0.7', since: '2026-11-24T09:00:00.000Z' },
})
const uses = (application: string) => ({
  from: `postgres:db:5432/client/app/${application}@10.0.0.7`,
  verb: 'uses' as const,
  to: ROLE,
})

export const postgresInteractiveUse = defineRule({
  id: 'postgres-interactive-use',
  title: 'A person works by hand under a role that programs use',
  owasp: ['NHI10'],
  severity: 'medium',
  why: 'What a person does under a program’s role cannot be told from the program, and the person knows a password they should not.',
  fix: [
    'Give the person a role of their own, with membership in the groups they need',
    'Rotate the program’s password, which a person knows',
  ],
  undo: 'Nothing to take back: the program’s role keeps working',
  effort: 20,
  about: { kind: 'identity', types: ['postgres_role'] },
  along: { clients: ['<uses'] },
  needs: ['postgres_client'],
  check({ entity, along }) {
    const clients = along['clients']!.flatMap(({ entity: one }) => (one?.type === 'postgres_client' ? [one] : []))
    const byHand = clients.filter((one) => one.attributes['interactive'] === true)
    const programs = clients.filter((one) => one.attributes['interactive'] === false)
    if (byHand.length === 0 || programs.length === 0) return pass
    return fail(
      `A person works by hand as ${entity.name}, a role that ${programs[0]!.attributes['application']} uses`,
      [
        ...byHand.map((one) => `${one.name} has a session since ${one.attributes['since']}`),
        ...programs.slice(0, 5).map((one) => `${one.name} uses the same role`),
      ],
    )
  },
  cases: [
    {
      name: 'psql beside a program',
      subject: ROLE,
      entities: [role, client('psql', true), client('orders-api', false)],
      edges: [uses('psql'), uses('orders-api')],
      expect: 'fail',
    },
    {
      name: 'psql alone: a person’s own role',
      subject: ROLE,
      entities: [role, client('psql', true)],
      edges: [uses('psql')],
      expect: 'pass',
    },
    {
      name: 'programs alone',
      subject: ROLE,
      entities: [role, client('orders-api', false)],
      edges: [uses('orders-api')],
      expect: 'pass',
    },
    { name: 'sessions hidden', subject: ROLE, entities: [role], incomplete: ['postgres_client'], expect: 'unknown' },
  ],
})
