import { z } from 'zod'
import {
  type Assigned,
  assignBackup,
  assignOwner,
  LABELS,
  type LabelName,
  label,
  undoAssignment,
  undoBatch,
  withdraw,
} from '../act/index.ts'
import { requestSync } from '../discover/index.ts'
import type { Tx } from '../platform/index.ts'
import { codeOf } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { type Caller, personOf } from './may.ts'
import { KeyParam } from './parameters.ts'
import { route } from './route.ts'

/**
 * `undo` is for `POST /v1/undo/{id}`; null when what was done has no way back of its own: say it anew. `kept` counts what was changed
 * since by somebody else and is left as it is.
 */
const Done = z.object({ undo: z.string().nullable(), kept: z.number().int().default(0) })
const Reason = z.string().trim().max(2_000).optional()
const LabelParam = KeyParam.extend({ label: z.enum(Object.keys(LABELS) as [LabelName, ...LabelName[]]) })

/** Decides, and has it read into the graph. What was decided shows at once; verdicts follow that read. */
async function decide(
  app: Serving,
  caller: Caller,
  step: (tx: Tx, given: { by: string; now: Date }) => Promise<Assigned>,
): Promise<z.input<typeof Done>> {
  const by = personOf(caller)
  const { assignment } = await app.db.transaction().execute((tx) => step(tx, { by, now: app.clock.now() }))
  await readSelfAgain(app, by)
  return { undo: assignment === null ? null : String(assignment) }
}

/** Has what was decided read into the graph; where nothing reads `self`, the decision itself stands. */
export async function readSelfAgain({ discovery }: Serving, by: string): Promise<void> {
  await requestSync(discovery, 'self', by).catch((error) => {
    if (codeOf(error) !== 'discover/no-connection') throw error
  })
}

export const ownershipRoutes = [
  route({
    method: 'PUT',
    path: '/v1/entities/{key}/owner',
    can: 'answer',
    says: 'Names who answers for it: a person by key, e-mail address or the name of exactly one person, or `team:<id>`.',
    params: KeyParam,
    body: z.strictObject({ person: z.string().trim().min(1).max(500), reason: Reason }),
    answers: Done,
    handle: ({ app, caller, params, body: { person, reason } }) =>
      decide(app, caller, (tx, given) =>
        assignOwner(tx, { ...given, entity: params.key, owner: person, ...(reason ? { reason } : {}) }),
      ),
  }),
  route({
    method: 'DELETE',
    path: '/v1/entities/{key}/owner',
    can: 'answer',
    says: 'Nobody answers for it any more.',
    params: KeyParam,
    answers: Done,
    handle: ({ app, caller, params }) =>
      decide(app, caller, (tx, given) => withdraw(tx, { ...given, entity: params.key, sort: 'owner' })),
  }),
  route({
    method: 'PUT',
    path: '/v1/entities/{key}/backup',
    can: 'answer',
    says: 'Names the second person, who gets what the owner leaves undone.',
    params: KeyParam,
    body: z.strictObject({ person: z.string().trim().min(1).max(500), reason: Reason }),
    answers: Done,
    handle: ({ app, caller, params, body: { person, reason } }) =>
      decide(app, caller, (tx, given) =>
        assignBackup(tx, { ...given, entity: params.key, person, ...(reason ? { reason } : {}) }),
      ),
  }),
  route({
    method: 'DELETE',
    path: '/v1/entities/{key}/backup',
    can: 'answer',
    says: 'Nobody is its backup any more.',
    params: KeyParam,
    answers: Done,
    handle: ({ app, caller, params }) =>
      decide(app, caller, (tx, given) => withdraw(tx, { ...given, entity: params.key, sort: 'backup' })),
  }),
  route({
    method: 'PUT',
    path: '/v1/entities/{key}/labels/{label}',
    can: 'answer',
    says: 'Says what it is where its source cannot tell; it holds over reads and renames.',
    params: LabelParam,
    body: z.strictObject({ value: z.string().min(1).max(200), reason: Reason }),
    answers: Done,
    handle: ({ app, caller, params, body: { value, reason } }) =>
      decide(app, caller, (tx, given) =>
        label(tx, { ...given, entity: params.key, label: params.label, value, ...(reason ? { reason } : {}) }),
      ),
  }),
  route({
    method: 'DELETE',
    path: '/v1/entities/{key}/labels/{label}',
    can: 'answer',
    says: 'Takes the label off.',
    params: LabelParam,
    answers: Done,
    handle: ({ app, caller, params }) =>
      decide(app, caller, (tx, given) => withdraw(tx, { ...given, entity: params.key, sort: params.label })),
  }),
  route({
    method: 'POST',
    path: '/v1/undo/{id}',
    can: 'answer',
    says: 'Takes back who answers for something, a label, or what was done in one go: what held before holds again.',
    params: z.object({ id: z.string().regex(/^b?\d{1,15}$/) }),
    answers: Done,
    async handle({ app, caller, params: { id } }) {
      if (!id.startsWith('b'))
        return decide(app, caller, (tx, given) => undoAssignment(tx, { ...given, assignment: Number(id) }))
      const by = personOf(caller)
      const { kept } = await app.db
        .transaction()
        .execute((tx) => undoBatch(tx, { batch: Number(id.slice(1)), by, now: app.clock.now() }))
      await readSelfAgain(app, by)
      return { undo: null, kept }
    },
  }),
]
