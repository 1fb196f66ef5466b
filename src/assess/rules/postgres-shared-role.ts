import { defineRule, fail, pass } from '../../sdk/index.ts'

const ROLE = 'postgres:db:5432/role/app'
const role = { kind: 'identity' as const, type: 'postgres_role', key: ROLE, name: 'app', attributes: { login: true } }
const client = (application: string, address = '10.0.0.7') => ({
  kind: 'workload' as const,
  type: 'postgres_client',
  key: `postgres:db:5432/client/app/${application}@${address}`,
  name: `${application} from ${address}`,
  attributes: { application, interactive: false, address },
})
const uses = (application: string, address = '10.0.0.7') => ({
  from: `postgres:db:5432/client/app/${application}@${address}`,
  verb: 'uses' as const,
  to: ROLE,
})

/** Workers of one program number themselves: `api-1`, `api[2]`, `sidekiq 7.1 shop [3 of 10 busy]`. */
const programOf = (application: string): string => application.toLowerCase().replace(/[\s\-_.:#]*[[(]?\d.*$/, '')

export const postgresSharedRole = defineRule({
  id: 'postgres-shared-role',
  title: 'Several programs share one database role',
  owasp: ['NHI9'],
  severity: 'medium',
  why: 'A shared role has the rights of all of them, cannot be rotated without all of them, and hides which one did it.',
  fix: [
    'Make one role for each program, members of one group role that holds the grants',
    'Move one program at a time',
  ],
  undo: 'Programs can go back to the shared role until it is dropped',
  effort: 60,
  about: { kind: 'identity', types: ['postgres_role'] },
  along: { clients: ['<uses'] },
  needs: ['postgres_client'],
  check({ entity, along }) {
    const programs = new Map<string, string[]>()
    for (const { entity: one } of along['clients']!) {
      if (one?.type !== 'postgres_client' || one.attributes['interactive'] === true) continue
      const application = String(one.attributes['application'])
      if (application === 'unnamed program') continue
      const program = programOf(application)
      programs.set(program, [...(programs.get(program) ?? []), one.name])
    }
    if (programs.size < 2) return pass
    return fail(
      `${programs.size} programs share the role ${entity.name}`,
      [...programs.values()].map((names) => `${names.slice(0, 3).join(', ')} uses it`),
    )
  },
  cases: [
    {
      name: 'two programs',
      subject: ROLE,
      entities: [role, client('orders-api'), client('billing')],
      edges: [uses('orders-api'), uses('billing')],
      expect: 'fail',
    },
    {
      name: 'numbered workers of one program',
      subject: ROLE,
      entities: [role, client('api-1'), client('api-2')],
      edges: [uses('api-1'), uses('api-2')],
      expect: 'pass',
    },
    {
      name: 'one program on two machines',
      subject: ROLE,
      entities: [role, client('api'), client('api', '10.0.0.8')],
      edges: [uses('api'), uses('api', '10.0.0.8')],
      expect: 'pass',
    },
    { name: 'sessions hidden', subject: ROLE, entities: [role], incomplete: ['postgres_client'], expect: 'unknown' },
  ],
})
