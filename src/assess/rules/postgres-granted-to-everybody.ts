import { defineRule, fail, pass } from '../../sdk/index.ts'

const EVERYBODY = 'postgres:db:5432/role/PUBLIC'
const everybody = {
  kind: 'entitlement' as const,
  type: 'postgres_everybody',
  key: EVERYBODY,
  name: 'everybody (PUBLIC)',
}
const GRANT = 'postgres:db:5432/database/shop/grant/PUBLIC/public/tables/SELECT'
const grant = (what: string, privileges: string[]) => ({
  kind: 'entitlement' as const,
  type: 'postgres_grant',
  key: GRANT,
  name: `${privileges.join(', ')} on 3 ${what} of shop.public`,
  attributes: { what, privileges, objects: 3, future: what.startsWith('future') },
})
const has = { from: EVERYBODY, verb: 'has' as const, to: GRANT }

export const postgresGrantedToEverybody = defineRule({
  id: 'postgres-granted-to-everybody',
  title: 'Tables are granted to everybody who can log in to the server',
  owasp: ['NHI5'],
  severity: 'medium',
  why: 'What PUBLIC holds, every role holds, also the one that is made tomorrow for a vendor; nobody sees it in the role’s own grants.',
  fix: ['grant the same to the roles that use it', 'revoke … on … from public'],
  undo: 'grant … to public again',
  effort: 30,
  about: { kind: 'entitlement', types: ['postgres_everybody'] },
  along: { grants: ['>has'] },
  needs: ['postgres_grant'],
  check({ along }) {
    const held = along['grants']!.flatMap(({ entity }) =>
      entity && /tables$/.test(String(entity.attributes['what'])) ? [entity] : [],
    )
    if (held.length === 0) return pass
    const writes = held.some((entity) => /INSERT|UPDATE|DELETE|TRUNCATE/.test(String(entity.attributes['privileges'])))
    return fail(
      `Every role of the server may ${writes ? 'change' : 'read'} tables through PUBLIC`,
      held.map((entity) => `PUBLIC has ${entity.name}`),
      writes ? { severity: 'high' } : {},
    )
  },
  cases: [
    {
      name: 'tables to read',
      subject: EVERYBODY,
      entities: [everybody, grant('tables', ['SELECT'])],
      edges: [has],
      expect: 'fail',
    },
    {
      name: 'tables to come',
      subject: EVERYBODY,
      entities: [everybody, grant('future tables', ['INSERT'])],
      edges: [has],
      expect: 'fail',
    },
    {
      name: 'functions only',
      subject: EVERYBODY,
      entities: [everybody, grant('functions', ['EXECUTE'])],
      edges: [has],
      expect: 'pass',
    },
    { name: 'nothing', subject: EVERYBODY, entities: [everybody], expect: 'pass' },
    {
      name: 'a database was not read',
      subject: EVERYBODY,
      entities: [everybody],
      incomplete: ['postgres_grant'],
      expect: 'unknown',
    },
  ],
})
