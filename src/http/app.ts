import type { Alerts } from '../alert/index.ts'
import type { Discovery } from '../discover/index.ts'
import type { Reach } from '../graph/index.ts'
import type { Clock, Db, InstallationKey, Watch } from '../platform/index.ts'
import type { Rolls } from '../read/index.ts'
import type { Log } from '../sdk/index.ts'
import type { AccessDesk } from './access-desk.ts'
import type { Announcements } from './announcements.ts'
import type { DemoDesk } from './demo.ts'
import type { Pasts } from './past.ts'

/** What main.ts introduces to the server. */
export interface App {
  db: Db
  /** For LISTEN: a connection of its own. */
  databaseUrl: string
  clock: Clock
  log: Log
  version: string
  host: string
  port: number
  /** Names besides `localhost` by which browsers reach us. */
  hostnames?: readonly string[]
  /** Behind TLS: cookies are marked Secure. */
  secure?: boolean
  /** With the providers, jobs and everything else that syncs need. */
  discovery: Discovery
  /** Answers from the attack graph in memory. */
  reach: Reach
  /** Who is told of what, and how; without it nobody is. */
  alerts?: Alerts
  /** Where the invented estate is asked for; without it there is none. */
  demo?: DemoDesk
  /** The keyed fingerprint of a secret value. */
  fingerprint(value: string): string
  /** Checks the signed heads of the audit chain; without it the chain is checked for itself. */
  installationKey?: InstallationKey
  /** Opens every route to commands of whoever owns the data folder; made anew at each start, kept in a file only they can read. */
  localToken?: string
  /** The folder or repository that the first run offers to read. */
  folder?: string
  /** Where backups that are asked for in the console are put; without it none are made there. */
  backupFolder?: string
  /** Where questions about access are answered; without it the server opens one of its own. */
  access?: AccessDesk
  /** What this process opens to elsewhere. */
  outbound?: Watch
  /** The built console; addresses without a file answer its index.html. */
  consoleFolder?: string
  /** Why it is not ready, or null: migrated, unsealed, the database answers. */
  notReady(): Promise<string | null>
}

/** What routes are given: the App and what the server keeps beside it. */
export interface Serving extends App {
  /** The moment that is looked back to: db, rolls and clock are those of then. Null for now. */
  asOf: Date | null
  access: AccessDesk
  rolls: Rolls
  pasts: Pasts
  announcements: Announcements
}
