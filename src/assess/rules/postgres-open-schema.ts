import { defineRule, fail, pass } from '../../sdk/index.ts'

const KEY = 'postgres:db:5432/database/shop/schema/public'
const schema = (everybodyMayCreate: boolean) => ({
  kind: 'resource' as const,
  type: 'postgres_schema',
  key: KEY,
  name: 'shop.public',
  attributes: { database: 'shop', everybodyMayCreate },
})

export const postgresOpenSchema = defineRule({
  id: 'postgres-open-schema',
  title: 'Every role may create objects in a schema',
  owasp: ['NHI6', 'NHI5'],
  severity: 'medium',
  why: 'Whoever may create a function in a schema on the search path can have it run by others, superusers among them (CVE-2018-1058).',
  fix: ['revoke create on schema … from public', 'grant create on schema … to the role that migrates'],
  undo: 'grant create on schema … to public',
  effort: 10,
  about: { kind: 'resource', types: ['postgres_schema'] },
  check({ entity }) {
    if (entity.attributes['everybodyMayCreate'] !== true) return pass
    return fail(`Every role may create objects in ${entity.name}`, ['the schema’s access list gives CREATE to PUBLIC'])
  },
  cases: [
    { name: 'open, as before PostgreSQL 15', subject: KEY, entities: [schema(true)], expect: 'fail' },
    { name: 'closed', subject: KEY, entities: [schema(false)], expect: 'pass' },
  ],
})
