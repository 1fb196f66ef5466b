/** What was collected of one system, as `src/read` hands it over: nodes, sentences, and what was not read. */
export interface Collected {
  nodes: readonly CollectedNode[]
  edges: readonly CollectedEdge[]
  /** The types of which a listing told all there is. */
  whole: readonly string[]
  unread: readonly Unread[]
}

export interface CollectedNode {
  key: string
  type: string
  name: string
  aliases: readonly string[]
  connections: readonly string[]
  attributes: Readonly<Record<string, unknown>>
  unknowns: Readonly<Record<string, { reason: string; permission?: string }>>
}

export interface CollectedEdge {
  from: string
  verb: string
  to: string
  attributes: Readonly<Record<string, unknown>> | null
}

/** A line of the ledger that is not whole. */
export interface Unread {
  connection: string
  collection: string
  scope: string
  reason: string
  permission: string | null
}

/** `aws-main: buckets of 111122223333 were not read: access denied (s3:ListAllMyBuckets)`. */
export const unreadText = ({ connection, collection, scope, reason, permission }: Unread): string =>
  `${connection}: ${collection}${scope === '' ? '' : ` of ${scope}`} not read: ${reason}${permission === null ? '' : ` (${permission})`}`
