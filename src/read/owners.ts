import { z } from 'zod'
import { Instant, known } from '../sdk/index.ts'
import { LedgerBar } from './ledger.ts'
import { Suggestion } from './owner.ts'
import { EntityRef, Mark, Page, Person, TeamRef } from './ref.ts'

/**
 * Does somebody answer for it? `owned`: a person who is not known to have left. `orphaned`: everybody named has left. `unowned`:
 * nobody is named, by people or by a source.
 */
export const Ownership = z.enum(['owned', 'orphaned', 'unowned'])
export type Ownership = z.infer<typeof Ownership>

/** Is the person still here, by what was read? `unknown` where no source and no list of people tells. */
export const Presence = z.object({
  state: z.enum(['active', 'left', 'unknown']),
  /** Who says so; of an unknown one, why it is not known. */
  because: z.string(),
  /** When they left, as told or as it was seen. */
  since: Instant.nullable(),
  /** The day they will leave, where a list of people says one that lies ahead. */
  leaves: z.iso.date().nullable(),
})
export type Presence = z.infer<typeof Presence>

/**
 * What an owner has to do. `confirm` that it is theirs, within 14 days of being named; `review` each half year whether it is still
 * needed; `rotate` before a credential ends or is too old; `replace-owner` when the accountable person has left; `decommission`
 * what its owner needs no longer (of operators).
 */
export const Duty = z.enum(['confirm', 'review', 'rotate', 'replace-owner', 'decommission'])
export type Duty = z.infer<typeof Duty>

/** A person to whom something answers, or who is a backup or stands for a team. */
export const OwnerRow = z.object({
  person: Person,
  presence: Presence,
  /** Identities they answer for. */
  owned: z.number().int(),
  /** Of those: without a backup who is here, so that nobody answers when this person goes. */
  sole: z.number().int(),
  backed: z.number().int(),
  /** Identities for which they are the backup. */
  backup: z.number().int(),
  /** Duties on them that are past their day, and those of the next 30 days. */
  overdue: z.number().int(),
  due: z.number().int(),
  next: z.object({ duty: Duty, at: Instant }).nullable(),
  teams: z.array(TeamRef.extend({ accountable: z.boolean() })),
})
export type OwnerRow = z.infer<typeof OwnerRow>

/** A team answers through one accountable person. */
export const Team = TeamRef.extend({
  contact: z.string().nullable(),
  accountable: Person.extend({ presence: Presence }),
  members: z.array(Person.extend({ presence: Presence })),
  /** Identities for which it answers. */
  owned: z.number().int(),
  changed: Instant,
  by: z.string(),
})
export type Team = z.infer<typeof Team>

/**
 * Who answers for what. The identities counted are those that somebody must answer for: in force at their source, and neither a
 * person's own account nor the operating system's. `owned + orphaned + unowned` is `identities`.
 */
export const OwnersPage = z.object({
  at: Instant,
  asOf: Instant.nullable(),
  counts: z.object({
    identities: z.number().int(),
    owned: z.number().int(),
    orphaned: z.number().int(),
    unowned: z.number().int(),
    /** Of the owned: nothing that was read says whether the person is still here. */
    unknown: z.number().int(),
    /** Of the orphaned and unowned: with a person who probably answers for it. */
    suggested: z.number().int(),
    /** Duties past their day. */
    overdue: z.number().int(),
    /** Needed no longer, says their owner, and still in force. */
    decommission: z.number().int(),
  }),
  coverage: z.object({ owned: z.number().int(), of: z.number().int() }),
  /** Why it is not known whether owners are still here, the most frequent reason first. */
  unknownBecause: z.array(z.object({ reason: z.string(), identities: z.number().int() })),
  /** The first people in order; `/v1/owners/people` has all. */
  people: z.array(OwnerRow),
  peopleCount: z.number().int(),
  teams: z.array(Team),
  /** The first review that lies ahead. */
  nextReview: Instant.nullable(),
  reviewDays: z.number().int(),
  ledger: LedgerBar,
})
export type OwnersPage = z.infer<typeof OwnersPage>

export const OwnersPeople = Page.extend({ rows: z.array(OwnerRow), total: z.number().int(), asOf: Instant.nullable() })
export type OwnersPeople = z.infer<typeof OwnersPeople>

/** One identity to which nobody answers. */
export const QueueRow = z.object({
  entity: EntityRef,
  state: z.enum(['orphaned', 'unowned']),
  /** Since when nobody answers: the person left, or it was first read. */
  since: Instant.nullable(),
  /** Who answered for it last and has left. */
  former: Person.extend({ presence: Presence }).nullable(),
  team: TeamRef.nullable(),
  backup: Person.nullable(),
  suggestion: Suggestion.nullable(),
  /** Who said that it is not theirs: they are not suggested again. */
  declined: z.array(Person),
  lastUsed: known(Instant),
  lastUsedBy: known(z.string()),
  mark: Mark,
  openFindings: z.number().int(),
})
export type QueueRow = z.infer<typeof QueueRow>

export const OwnersQueue = Page.extend({
  rows: z.array(QueueRow),
  total: z.number().int(),
  /** Of the total: with a suggestion. */
  suggested: z.number().int(),
  asOf: Instant.nullable(),
})
export type OwnersQueue = z.infer<typeof OwnersQueue>

export const Teams = z.object({ rows: z.array(Team) })
export type Teams = z.infer<typeof Teams>

/** What came of one entity in an act on many. `code` and `says` tell why it was refused. */
export const ActedRow = z.object({
  entity: z.string(),
  to: z.string().nullable(),
  state: z.enum(['done', 'unchanged', 'refused']),
  code: z.string().nullable(),
  says: z.string().nullable(),
})
export type ActedRow = z.infer<typeof ActedRow>

/** What came of an act on many. `undo` is for `POST /v1/undo/{id}`; null when nothing was changed. */
export const Acted = z.object({
  dryRun: z.boolean(),
  done: z.number().int(),
  unchanged: z.number().int(),
  refused: z.number().int(),
  /** The refused first; at most 1,000. */
  rows: z.array(ActedRow),
  undo: z.string().nullable(),
})
export type Acted = z.infer<typeof Acted>

/** A line of a file that was not taken. Lines count from 1, with the header; columns are those of the header. */
export const LineError = z.object({
  line: z.number().int(),
  column: z.string().nullable(),
  code: z.string(),
  says: z.string(),
})
export type LineError = z.infer<typeof LineError>

/** What came of a file. `applied + unchanged + errorCount` is `lines`, which are those with something in them below the header. */
export const ImportAnswer = z.object({
  dryRun: z.boolean(),
  lines: z.number().int(),
  applied: z.number().int(),
  /** It was so already, or an earlier line says the same. */
  unchanged: z.number().int(),
  errorCount: z.number().int(),
  /** The first 1,000. */
  errors: z.array(LineError),
  /** Columns of the file that mean nothing here. */
  ignored: z.array(z.string()),
  undo: z.string().nullable(),
})
export type ImportAnswer = z.infer<typeof ImportAnswer>
