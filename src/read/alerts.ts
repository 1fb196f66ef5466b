/** What the pages about alerts say; the module `alert` writes and lists them. */
import { z } from 'zod'
import { Environment, Instant, Json, Kind, Severity } from '../sdk/index.ts'

const Event = z.enum(['ending', 'age', 'finding', 'privilege', 'ownership'])

/** A kind of channel, with the form of its settings and of what it may be given to say. */
export const ChannelKindPage = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  form: z.record(z.string(), Json),
  filter: z.record(z.string(), Json),
})
export type ChannelKindPage = z.infer<typeof ChannelKindPage>

const Chosen = z.object({
  events: z.array(Event),
  severity: z.enum(['critical', 'high', 'medium']),
  sources: z.array(z.string()),
  environments: z.array(Environment),
  owners: z.array(z.string()),
  closings: z.boolean(),
})

/** Where alerts go. Never with a secret: `secrets` names those that are set. */
export const ChannelRow = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  label: z.string(),
  settings: z.record(z.string(), Json),
  secrets: z.array(z.string()),
  filter: Chosen,
  paused: z.boolean(),
  /** When it was told what was open as it came; null for not yet. */
  introduced: Instant.nullable(),
  created: Instant,
  createdBy: z.string(),
})
export type ChannelRow = z.infer<typeof ChannelRow>

export const ChannelTest = z.object({
  ok: z.boolean(),
  recipients: z.array(z.string()),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type ChannelTest = z.infer<typeof ChannelTest>

export const AlertListed = z.object({
  id: z.string(),
  event: Event,
  subject: z.string(),
  kind: Kind,
  name: z.string(),
  severity: Severity,
  says: z.string(),
  because: z.array(z.string()),
  fix: z.array(z.string()),
  finding: z.string().nullable(),
  ends: Instant.nullable(),
  sources: z.array(z.string()),
  environment: z.string().nullable(),
  owner: z.string().nullable(),
  opened: Instant,
  raised: Instant,
  closed: z.string().nullable(),
  closedAt: Instant.nullable(),
})
export type AlertListed = z.infer<typeof AlertListed>

export const DeliveryRow = z.object({
  id: z.string(),
  channel: z.string(),
  recipient: z.string().nullable(),
  what: z.enum(['opened', 'closed', 'digest', 'overdue', 'test']),
  title: z.string(),
  alerts: z.number().int(),
  state: z.enum(['waiting', 'sending', 'sent', 'dead']),
  attempts: z.number().int(),
  next: Instant.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created: Instant,
  ended: Instant.nullable(),
})
export type DeliveryRow = z.infer<typeof DeliveryRow>

/** A secret address of a calendar, as it is listed: never the address. */
export const FeedRow = z.object({
  id: z.string(),
  name: z.string(),
  mine: z.boolean(),
  created: Instant,
  lastUsed: Instant.nullable(),
})
export type FeedRow = z.infer<typeof FeedRow>
