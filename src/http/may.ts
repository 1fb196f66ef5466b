import type { Role, Scope } from '../read/index.ts'

/**
 * Who may: `anyone` without credentials; `see` the estate; `own` what is the caller's alone (tokens); `oversee` how Reeve
 * itself works; `answer` for things; `operate` syncs and findings; `administer` connections and people.
 */
export type Can = 'anyone' | 'see' | 'own' | 'oversee' | 'answer' | 'operate' | 'administer'

const ROLES: Record<Exclude<Can, 'anyone'>, readonly Role[]> = {
  see: ['viewer', 'owner', 'operator', 'admin'],
  own: ['viewer', 'owner', 'operator', 'admin'],
  oversee: ['viewer', 'operator', 'admin'],
  answer: ['owner', 'operator', 'admin'],
  operate: ['operator', 'admin'],
  administer: ['admin'],
}

const SCOPES: Record<Exclude<Can, 'anyone'>, Scope> = {
  see: 'read',
  own: 'admin',
  oversee: 'read',
  answer: 'write',
  operate: 'write',
  administer: 'admin',
}

export interface Caller {
  id: string
  /** As the audit trail writes it: `user:…` or `token:…`. */
  actor: string
  name: string
  role: Role
  /** Null for a browser session: it has all that its role has. */
  scopes: readonly Scope[] | null
  /** What a mutation must repeat in `X-Reeve-CSRF`; null for tokens, which no browser sends by itself. */
  csrf: string | null
  /** The digest of the session or token. */
  hash: Buffer
  expires: Date | null
}

export type Refusal = { why: 'role'; roles: readonly Role[] } | { why: 'scope'; scope: Scope }

/** Null when the caller may. A token never may more than its account. */
export function refusalOf(can: Exclude<Can, 'anyone'>, caller: Pick<Caller, 'role' | 'scopes'>): Refusal | null {
  if (!ROLES[can].includes(caller.role)) return { why: 'role', roles: ROLES[can] }
  if (caller.scopes !== null && !caller.scopes.includes(SCOPES[can])) return { why: 'scope', scope: SCOPES[can] }
  return null
}

/** Whoever acts is the person, by browser or by token, so that nobody is their own second person. */
export const personOf = ({ id, actor }: Pick<Caller, 'id' | 'actor'>): string => (id === LOCAL ? actor : `user:${id}`)

/** The command line of whoever owns the data folder: an admin without an account. */
export const LOCAL = 'local'
