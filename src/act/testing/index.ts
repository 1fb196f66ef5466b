import { z } from 'zod'
import {
  type Change,
  defineAction,
  defineProvider,
  OWNER_TAGS,
  type Provider,
  ReeveError,
  Refused,
  stillToDo,
  turned,
  WantedTags,
} from '../../sdk/index.ts'

export interface Ward {
  provider: Provider
  /** What stands at the source: the tags of each thing, by name. */
  tags: Map<string, Record<string, string>>
  /** Names that the grant for changes does not reach. */
  closed: Set<string>
}

/** A system in memory that keeps tags, with people beside: read by collections, and changed by whoever has its second password. */
export function ward(): Ward {
  const tags: Ward['tags'] = new Map()
  const closed: Ward['closed'] = new Set()
  const at = (key: string): Record<string, string> => {
    const found = tags.get(key.slice('ward:'.length))
    if (!found) throw new ReeveError('source/gone', `asking for ${key}: it is not there any more`)
    return found
  }
  const write = async (key: string, changes: readonly Change[]) => {
    for (const { place, to } of stillToDo(changes, at(key))) {
      if (closed.has(key.slice('ward:'.length)))
        throw new Refused(`ward:Tag on ${key} is denied`, { permission: 'ward:Tag' })
      if (to === null) delete at(key)[place]
      else at(key)[place] = to
    }
  }
  const action = defineAction<{ password: string }, WantedTags>({
    id: OWNER_TAGS,
    title: 'Write who answers for it into its tags',
    effect: 'reversible',
    types: ['ward_account'],
    attribute: 'tags',
    wants: WantedTags,
    preview({ type, attributes }, wanted) {
      if (type !== 'ward_account') return { cannot: 'the ward takes no tags on things of this sort' }
      const present = attributes['tags'] as Record<string, string> | undefined
      const changes = Object.entries(wanted.tags)
        .map(([place, to]): Change => ({ place, was: present?.[place] ?? null, to }))
        .filter(({ was, to }) => was !== to)
      return { changes, says: changes.map(({ place, to }) => `Its tag ${place} will say ${to}.`) }
    },
    byHand: ({ key }, changes) =>
      changes.map(({ place, to }) => `ward tag ${key.slice('ward:'.length)} ${place}=${to ?? ''}`),
    needs: () => ['ward:LookAtTags', 'ward:Tag'],
    look: async (_, { key }, places) => Object.fromEntries(places.map((place) => [place, at(key)[place] ?? null])),
    apply: (_, { key }, changes) => write(key, changes),
    undo: (_, { key }, changes) => write(key, turned(changes)),
  })
  const provider = defineProvider({
    id: 'ward',
    title: 'Ward',
    summary: 'Reads accounts of the ward.',
    config: z.strictObject({ name: z.string().default('north') }),
    label: ({ name }) => name,
    connect: async (config) => config,
    collections: [
      {
        id: 'accounts',
        title: 'Accounts',
        yields: ['ward_account', 'ward_key', 'person'],
        needs: ['ward:List'],
        async *read() {
          for (const [name, own] of tags)
            yield {
              kind: 'identity',
              type: name.startsWith('key-') ? 'ward_key' : 'ward_account',
              key: `ward:${name}`,
              name,
              attributes: { accountKind: 'service', ...(Object.keys(own).length > 0 && { tags: { ...own } }) },
            }
          for (const name of ['Mara Quill', 'Bo Berg'])
            yield {
              kind: 'person',
              type: 'person',
              key: `person:${name.split(' ')[0]!.toLowerCase()}@x.org`,
              name,
              attributes: {},
            }
        },
      },
    ],
    acting: {
      grant: z.strictObject({
        account: z
          .string()
          .min(1)
          .meta({ title: 'Account for changes', description: 'One that may write tags, and nothing else.' }),
        password: z.string().min(1).meta({ title: 'Its password', description: 'Kept sealed.', secret: true }),
      }),
      summary: 'Writes tags, by an account of its own.',
      actions: [action],
      async open(_, { password }) {
        if (password === 'wrong') throw new Refused('opening the ward: it does not know this password')
        return { password }
      },
    },
  })
  return { provider, tags, closed }
}
