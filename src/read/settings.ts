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
  /** Where they are signed in now, and by what they may sign in beside a one-time link. */
  sessions: z.number().int(),
  passkeys: z.number().int(),
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

/** Where somebody is signed in. */
export const SessionRow = z.object({
  id: z.string(),
  means: z.enum(['link', 'passkey']),
  /** What the browser calls itself. */
  agent: z.string().nullable(),
  created: Instant,
  lastSeen: Instant,
  expires: Instant,
  /** The one that asks. */
  here: z.boolean(),
})
export type SessionRow = z.infer<typeof SessionRow>

export const PasskeyRow = z.object({
  id: z.string(),
  name: z.string(),
  /** The name of the server it signs in at. */
  site: z.string(),
  /** Kept by the person's own accounts on several devices. */
  synced: z.boolean(),
  created: Instant,
  lastUsed: Instant.nullable(),
})
export type PasskeyRow = z.infer<typeof PasskeyRow>

/** How the console looks and listens for a person. */
export const Liking = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).optional(),
  density: z.enum(['compact', 'normal', 'roomy']).optional(),
  keys: z.boolean().optional(),
})
export type Liking = z.infer<typeof Liking>

const Days = z.number().int().min(7).max(3650).nullable()

/** For how many days is kept what is not current any more; null for ever. The audit trail is kept for ever. */
export const Retention = z.strictObject({
  /** Reads of sources, but the last ones. */
  runs: Days,
  /** Closed findings with all that happened to them. */
  findings: Days,
  /** What the estate was: what is gone, and how what is there has changed. */
  history: Days,
  /** What came of each judging, and what happened to findings that are closed. */
  events: Days,
})
export type Retention = z.infer<typeof Retention>

export const RetentionPage = z.object({
  keep: Retention,
  /** How many of each would go now. */
  due: z.record(z.string(), z.number().int()),
  last: z.object({ at: Instant, gone: z.record(z.string(), z.number().int()) }).nullable(),
  /** When it is applied again; null where nothing is scheduled. */
  next: Instant.nullable(),
})
export type RetentionPage = z.infer<typeof RetentionPage>

export const BackupRow = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  by: z.string(),
  started: Instant,
  ended: Instant.nullable(),
  /** Where it stands on the server. */
  file: z.string(),
  /** Gone: somebody has moved or deleted the file. */
  there: z.boolean(),
  withKey: z.boolean(),
  tables: z.number().int(),
  of: z.number().int().nullable(),
  /** Bytes before they are made smaller. */
  bytes: z.number().int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type BackupRow = z.infer<typeof BackupRow>

export const BackupSchedule = z.strictObject({
  /** Five fields in UTC; null for only when asked. */
  cron: z.string().max(100).nullable(),
  /** How many of the scheduled ones stay. */
  keep: z.number().int().min(1).max(365),
})
export type BackupSchedule = z.infer<typeof BackupSchedule>

export const BackupsPage = z.object({
  /** Where backups are put; null where this server may write none. */
  folder: z.string().nullable(),
  schedule: BackupSchedule,
  next: Instant.nullable(),
  rows: z.array(BackupRow),
})
export type BackupsPage = z.infer<typeof BackupsPage>

/** Every connection that this process has opened to elsewhere since it started. */
export const Outbound = z.object({
  since: Instant,
  opened: z.number().int(),
  hosts: z.array(z.object({ host: z.string(), port: z.number().int(), opened: z.number().int(), last: Instant })),
})
export type Outbound = z.infer<typeof Outbound>
