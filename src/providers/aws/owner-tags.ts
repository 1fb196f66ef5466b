import {
  type Change,
  defineAction,
  type Entity,
  OWNER_TAGS,
  ReeveError,
  Refused,
  type Run,
  type Standing,
  stillToDo,
  type Thing,
  turned,
  WantedTags,
} from '../../sdk/index.ts'
import { parseArn } from './arn.ts'
import type { Live } from './live.ts'
import { refusalOf } from './refusal.ts'
import { type TagCalls, type Taggable, taggable } from './tag-calls.ts'
import { tagsOf } from './tags.ts'

const MOST_TAGS = 50
/** What AWS takes in keys and values of tags everywhere. */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

const GONE =
  /^(NoSuchEntity|NoSuchEntityException|ResourceNotFoundException|NotFoundException|NotFound|ServiceNotFoundException|ClusterNotFoundException|RepositoryNotFoundException|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|InvalidInstanceID\.NotFound|InvalidID)$/

/** Writes tags of a thing of AWS; only those that are named, and nothing else of it. */
export const ownerTags = defineAction<Live, WantedTags>({
  id: OWNER_TAGS,
  title: 'Write who answers for it into its tags',
  effect: 'reversible',
  types: Object.keys(taggable),
  attribute: 'tags',
  wants: WantedTags,

  preview(entity, { tags }) {
    const cannot = whyNot(entity, tags)
    if (cannot !== undefined) return { cannot }
    const present = tagsOf(entity.attributes['tags'])
    const changes = Object.entries(tags)
      .map(([key, to]): Change => {
        const place = spelledAs(present, key)
        return { place, was: present[place] ?? null, to }
      })
      .filter(({ was, to }) => was !== to)
    const added = changes.filter(({ was }) => was === null).length
    if (Object.keys(present).length + added > MOST_TAGS)
      return { cannot: `it has ${Object.keys(present).length} tags, and AWS takes ${MOST_TAGS} at most` }
    return { changes, says: changes.map(sentence) }
  },

  byHand(thing, changes) {
    const { byHand } = kindOf(thing)
    const named = byHand.names(arnOf(thing), thing)
    const put = changes.flatMap(({ place, to }) => (to === null ? [] : [spelled(byHand, place, to)]))
    const gone = changes.flatMap(({ place, to }) => (to === null ? [place] : []))
    const line = (command: string, flag: string, rest: string[]) =>
      ['aws', command, ...named.map(quoted), flag, ...rest.map(quoted)].join(' ')
    return [
      ...(put.length > 0 ? [line(byHand.put, '--tags', put)] : []),
      ...(gone.length > 0
        ? [
            byHand.removesTags
              ? line(
                  byHand.remove,
                  '--tags',
                  gone.map((key) => `Key=${key}`),
                )
              : line(byHand.remove, '--tag-keys', gone),
          ]
        : []),
    ]
  },

  needs: (type) => Object.values(taggable[type]?.actions ?? {}),

  look: (live, thing, places, run) => standing(live, thing, places, run),
  apply: (live, thing, changes, run) => write(live, thing, changes, run),
  undo: (live, thing, changes, run) => write(live, thing, turned(changes), run),
})

/** Why nothing can be written to it, before anybody is asked. */
function whyNot({ key, type, attributes }: Entity, tags: WantedTags['tags']): string | undefined {
  if (!(type in taggable)) return 'Reeve writes no tags to things of this sort'
  const arn = parseArn(key.replace(/^aws:/, ''))
  if (arn === null) return 'it has no ARN by which AWS could be asked'
  if (/^role\/aws-(service-role|reserved)\//.test(arn.resource))
    return 'AWS made this role for a service of its own, and lets nobody change it'
  if (attributes['owningService'] !== undefined)
    return `${String(attributes['owningService']).slice(0, 60)} manages it, and lets nobody else change its tags`
  for (const [name, value] of Object.entries(tags)) {
    if (/^aws:/i.test(name)) return `tags that begin with aws: are kept by AWS: ${name.slice(0, 60)}`
    const wrong = [name, value].find((text) => !ALLOWED.test(text))
    if (wrong !== undefined)
      return `AWS takes letters, digits, spaces and _ . : / = + - @ in tags, and not ${JSON.stringify(wrong.slice(0, 80))}`
  }
  return undefined
}

/** A tag that is there in other letters (`Owner`) is the one that is meant: IAM keeps no two that differ by that alone. */
const spelledAs = (present: Readonly<Record<string, string>>, key: string): string =>
  key in present ? key : (Object.keys(present).find((one) => one.toLowerCase() === key.toLowerCase()) ?? key)

function sentence({ place, was, to }: Change): string {
  if (was === null) return `Its tag ${place} is not there, and will say ${to}.`
  return to === null
    ? `Its tag ${place} says ${was}, and will be taken away.`
    : `Its tag ${place} says ${was}, and will say ${to}.`
}

function kindOf({ type }: Thing): Taggable {
  const kind = taggable[type]
  if (kind) return kind
  throw new ReeveError('aws/no-tags', `writing tags: Reeve writes none to things of the sort ${type}`)
}

const arnOf = ({ key }: Thing): string => key.replace(/^aws:/, '')

async function write(live: Live, thing: Thing, changes: readonly Change[], run: Run): Promise<void> {
  const { calls, asking } = await opened(live, thing, run)
  const found = await seen(
    calls,
    asking,
    changes.map(({ place }) => place),
  )
  const left = stillToDo(changes, found)
  const put = Object.fromEntries(left.flatMap(({ place, to }) => (to === null ? [] : [[place, to]])))
  const gone = left.flatMap(({ place, to }) => (to === null ? [place] : []))
  if (Object.keys(put).length > 0) await asking('put', () => calls.put(put))
  if (gone.length > 0) await asking('remove', () => calls.remove(gone))
}

async function standing(live: Live, thing: Thing, places: readonly string[], run: Run): Promise<Standing> {
  const { calls, asking } = await opened(live, thing, run)
  return seen(calls, asking, places)
}

type Asking = <T>(what: keyof Taggable['actions'], call: () => Promise<T>) => Promise<T>

async function seen(calls: TagCalls, asking: Asking, places: readonly string[]): Promise<Standing> {
  const present = tagsOf(await asking('read', () => calls.read()))
  return Object.fromEntries(places.map((place) => [place, present[place] ?? null]))
}

async function opened(live: Live, thing: Thing, run: Run): Promise<{ calls: TagCalls; asking: Asking }> {
  const kind = kindOf(thing)
  const arn = arnOf(thing)
  const { account = '', region } = parseArn(arn) ?? {}
  const config = await live.config(account, region || live.settings.region, run)
  const asking: Asking = async (what, call) => {
    run.signal.throwIfAborted()
    try {
      return await call()
    } catch (error) {
      run.signal.throwIfAborted()
      if (error instanceof Refused) throw error
      if (GONE.test((error as Error).name))
        throw new ReeveError('source/gone', `asking AWS for ${arn}: it is not there any more`, { cause: error })
      const { reason, permission } = refusalOf(error, kind.actions[what], region || undefined)
      if (permission !== undefined) throw new Refused(reason, { cause: error, permission })
      throw new ReeveError('source/failed', reason, { cause: error })
    }
  }
  return { calls: await kind.calls(config, arn, thing), asking }
}

function spelled({ spells }: Taggable['byHand'], key: string, value: string): string {
  switch (spells) {
    case 'map':
      return `${key}=${value}`
    case 'key':
      return `key=${key},value=${value}`
    case 'TagKey':
      return `TagKey=${key},TagValue=${value}`
    case 'Key':
      return `Key=${key},Value=${value}`
  }
}

/** One word for a shell, whatever stands in it. */
const quoted = (word: string): string =>
  /^[\w.:/=+@,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
