import { defineRule, fail, pass } from '../../sdk/index.ts'

const KEY = 'postgres:db:5432/database/shop/schema/public/function/f()'
const definer = (ownerIsSuperuser: boolean, callers: string[], searchPathFixed: boolean) => ({
  kind: 'entitlement' as const,
  type: 'postgres_definer_function',
  key: KEY,
  name: 'shop.public.f()',
  attributes: { owner: 'postgres', ownerIsSuperuser, callers, searchPathFixed },
})

export const postgresDefinerFunction = defineRule({
  id: 'postgres-definer-function',
  title: 'Every role may call a function that acts with a superuser’s rights and an open search path',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'The caller puts a table or function of the same name first in the search path, and the superuser’s function uses it.',
  fix: [
    'alter function … set search_path = pg_catalog, pg_temp',
    'revoke execute on function … from public',
    'Give it to an owner with just the rights it needs',
  ],
  undo: 'alter function … reset search_path; grant execute … to public',
  effort: 15,
  about: { kind: 'entitlement', types: ['postgres_definer_function'] },
  check({ entity }) {
    const { owner, ownerIsSuperuser, callers, searchPathFixed } = entity.attributes
    if (ownerIsSuperuser !== true || searchPathFixed === true || !Array.isArray(callers) || callers.length === 0)
      return pass
    const open = callers.includes('PUBLIC')
    return fail(
      `${open ? 'Every role' : callers.join(', ')} may act as superuser ${owner} through ${entity.name}`,
      [
        `it is SECURITY DEFINER and owned by the superuser ${owner}`,
        `EXECUTE is granted to ${callers.join(', ')}`,
        'it does not fix its search_path',
      ],
      open ? {} : { severity: 'medium' },
    )
  },
  cases: [
    {
      name: 'open to all, search path open',
      subject: KEY,
      entities: [definer(true, ['PUBLIC'], false)],
      expect: 'fail',
    },
    { name: 'search path fixed', subject: KEY, entities: [definer(true, ['PUBLIC'], true)], expect: 'pass' },
    { name: 'an ordinary owner', subject: KEY, entities: [definer(false, ['PUBLIC'], false)], expect: 'pass' },
    { name: 'callable by its owner alone', subject: KEY, entities: [definer(true, [], false)], expect: 'pass' },
  ],
})
