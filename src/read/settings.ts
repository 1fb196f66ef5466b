import { z } from 'zod'
import { Instant } from '../sdk/index.ts'

export const Role = z.enum(['viewer', 'owner', 'operator', 'admin'])
export type Role = z.infer<typeof Role>

export const Scope = z.enum(['read', 'write', 'admin'])
export type Scope = z.infer<typeof Scope>

export const UserRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  role: Role,
  created: Instant,
  lastSeen: Instant.nullable(),
  disabled: z.boolean(),
})
export type UserRow = z.infer<typeof UserRow>

/** A token as it is listed: never its value. */
export const TokenRow = z.object({
  id: z.string(),
  name: z.string(),
  user: z.string(),
  scopes: z.array(Scope),
  /** The first characters, to recognise it by. */
  prefix: z.string(),
  created: Instant,
  expires: Instant.nullable(),
  lastUsed: Instant.nullable(),
  revoked: Instant.nullable(),
})
export type TokenRow = z.infer<typeof TokenRow>
