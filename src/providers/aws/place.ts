import { type Collection, type Edge, type Entity, type Ledger, messageOf, Refused, type Run } from '../../sdk/index.ts'
import { accountKey } from './arn.ts'
import type { Files } from './files.ts'
import type { Account, ClientConfig, Live } from './live.ts'
import { merged } from './merged.ts'
import { type Refusal, refusalOf } from './refusal.ts'

export type Aws = { live: Live } | { files: Files }
type Item = Entity | Edge

/** What a call gave: its answer, that there is no such thing, or why it is not known. */
export type Answer<T> = { value: T } | { absent: string } | { unknown: string; permission?: string }

/** One account, or one account in one region, while a collection reads it. */
export interface Place {
  live: Live
  run: Run
  ledger: Ledger
  account: Account
  region: string
  /** The line of the ledger: `123456789012`, `123456789012 eu-west-1`. */
  scope: string
  /** Keys that were described already in this read: several accounts may name the same. */
  described: Set<string>
  /** A client of the SDK for this account and region. */
  client<T>(Client: new (config: ClientConfig) => T): T
  /**
   * Asks for a part of one thing. What is refused is a line of its own with the action that would answer it. After a few refusals
   * without an answer it is not asked again here.
   */
  ask<T>(action: string, call: () => Promise<T>, absent?: readonly string[]): Promise<Answer<T>>
  /** So many things of the listing were read. */
  obtained(count: number): void
}

interface Reading {
  id: string
  title: string
  yields: readonly string[]
  /** IAM actions; the first is the listing itself. */
  needs: readonly [string, ...string[]]
  /** `regions` for a service that is asked region by region. */
  where: 'account' | 'regions'
  read(place: Place): AsyncIterable<Item>
  /** What the files of an import hold of it. */
  readFiles?(files: Files, run: Run): AsyncIterable<Item>
  /** The setting that switches it off; it is then not read. */
  when?(live: Live): string | undefined
}

const PLACES_AT_ONCE = 6
const REFUSALS_TO_BELIEVE = 3

/** A collection that reads every account and region, each a line of the ledger, and lets none that is refused hide another. */
export function reading({ id, title, yields, needs, where, read, readFiles, when }: Reading): Collection<Aws> {
  return {
    id,
    title,
    yields,
    needs: where === 'regions' ? [...needs, 'ec2:DescribeRegions'] : needs,
    async *read(client, run) {
      if ('files' in client) {
        if (readFiles === undefined)
          throw new Refused('the files of the import do not hold it', {
            permission: `connect the account itself, with ${needs[0]}`,
          })
        yield* readFiles(client.files, run)
        return
      }
      const { live } = client
      const off = when?.(live)
      if (off !== undefined) throw new Refused(off)
      const described = new Set<string>()
      const readOne = (account: Account, region: string, scope: string) => () =>
        readPlace({ live, run, account, region, scope, described }, needs[0], read)
      yield* merged(placesOf(live, run, where, readOne), PLACES_AT_ONCE)
    },
  }
}

async function* placesOf(
  live: Live,
  run: Run,
  where: Reading['where'],
  readOne: (account: Account, region: string, scope: string) => () => AsyncIterable<Item>,
): AsyncGenerator<() => AsyncIterable<Item>> {
  const { accounts, refusal } = await live.accounts()
  if (refusal)
    run.ledger.refuse(`the accounts of the organization: ${refusal.reason}`, {
      scope: 'accounts',
      ...permissionOf(refusal),
    })
  for (const account of accounts) {
    if (account.status !== undefined && account.status !== 'ACTIVE') {
      run.ledger.refuse(`the account is ${account.status.toLowerCase()}, so nothing in it can be asked`, {
        scope: account.id,
      })
      continue
    }
    if (where === 'account') {
      yield readOne(account, live.settings.region, account.id)
      continue
    }
    let regions: Awaited<ReturnType<Live['regions']>>
    try {
      regions = await live.regions(account.id)
    } catch (error) {
      run.signal.throwIfAborted()
      run.ledger.refuse(messageOf(error), { scope: account.id, ...permissionOf(error as Refusal) })
      continue
    }
    if (regions.refusal)
      run.ledger.refuse(`which regions are enabled is not known: ${regions.refusal.reason}`, {
        scope: `${account.id} regions`,
        ...permissionOf(regions.refusal),
      })
    for (const region of regions.names) yield readOne(account, region, `${account.id} ${region}`)
  }
}

async function* readPlace(
  at: Pick<Place, 'live' | 'run' | 'account' | 'region' | 'scope' | 'described'>,
  listing: string,
  read: Reading['read'],
): AsyncGenerator<Item> {
  const { live, run, account, region, scope } = at
  const { ledger } = run
  ledger.obtain(0, scope)
  try {
    const config = await live.config(account.id, region, run)
    // The role of a member account is taken here, so that an account that refuses is one line and not one for each call.
    await config.credentials()
    const beliefs = new Map<string, { refused: number; answered: boolean; refusal?: Refusal }>()
    yield* read({
      ...at,
      ledger,
      client: (Client) => new Client(config),
      async ask(action, call, absent = []) {
        run.signal.throwIfAborted()
        let belief = beliefs.get(action)
        if (belief === undefined) {
          belief = { refused: 0, answered: false }
          beliefs.set(action, belief)
        }
        const refuse = (refusal: Refusal): Answer<never> => {
          ledger.refuse(refusal.reason, { scope: `${scope} ${action}`, ...permissionOf(refusal) })
          return { unknown: refusal.reason, ...permissionOf(refusal) }
        }
        if (!belief.answered && belief.refused >= REFUSALS_TO_BELIEVE) return refuse(belief.refusal!)
        try {
          const value = await call()
          belief.answered = true
          return { value }
        } catch (error) {
          run.signal.throwIfAborted()
          if (absent.includes((error as Error).name)) {
            belief.answered = true
            return { absent: messageOf(error) }
          }
          belief.refused++
          belief.refusal = refusalOf(error, action, region)
          return refuse(belief.refusal)
        }
      },
      obtained: (count) => ledger.obtain(count, scope),
    })
  } catch (error) {
    run.signal.throwIfAborted()
    const refusal =
      error instanceof Refused
        ? { reason: error.message, ...(error.permission !== undefined && { permission: error.permission }) }
        : refusalOf(error, listing, region)
    ledger.refuse(refusal.reason, { scope, ...permissionOf(refusal) })
  }
}

const permissionOf = ({ permission }: Refusal): { permission?: string } =>
  permission === undefined ? {} : { permission }

/** Where the account has a thing: the account contains it. */
export const contained = (place: Place, key: string): Edge => ({
  from: accountKey(place.account.id),
  verb: 'contains',
  to: key,
})

/** Leaves out what was described before: a collection describes a key once, and several things may name the same. */
export function* firstOf(described: Set<string>, items: Iterable<Item>): Iterable<Item> {
  for (const item of items) {
    if ('verb' in item) yield item
    else if (!described.has(item.key)) {
      described.add(item.key)
      yield item
    }
  }
}
