import assert from 'node:assert/strict'
import { type Action, type Standing, turned } from '../action.ts'
import type { Run } from '../contracts.ts'
import { codeOf } from '../errors.ts'
import type { Entity } from '../model.ts'

/** A thing at its source, and a second way to see and change it that does not go through the action. */
export interface ActionStage<Actor, Wanted> {
  actor: Actor
  run: Run
  /** As it was read last. */
  entity: Entity
  /** Something that is not so yet. */
  wanted: Wanted
  standing(): Promise<Standing>
  put(place: string, value: string): Promise<void>
}

/**
 * The contract of an action, tried on one thing: a preview says what would be done and does nothing; applying makes it so, and once more
 * changes nothing; undoing puts back what was there, and once more changes nothing; what somebody changed in between is left alone,
 * on the way there and on the way back. The thing is afterwards as it was.
 */
export async function testAction<Actor, Wanted>(
  action: Action<Actor, Wanted>,
  { actor, run, entity, wanted, standing, put }: ActionStage<Actor, Wanted>,
): Promise<void> {
  const { key, type, aliases = [] } = entity
  const thing = { key, type, aliases }
  const before = await standing()
  assert.ok(action.types.includes(type), `${action.id}: ${type} is not among its types`)

  const preview = action.preview(entity, action.wants.parse(wanted))
  assert.deepEqual(await standing(), before, `${action.id}: a preview must change nothing`)
  assert.ok('changes' in preview && preview.changes.length > 0, `${action.id}: there is nothing to try`)
  const { changes, says } = preview
  assert.ok(says.length > 0 && says.every((said) => said.length > 10), `${action.id}: a preview says what it would do`)
  assert.deepEqual(action.preview(entity, wanted), preview, `${action.id}: the same preview twice`)
  assert.ok(action.byHand(thing, changes).length > 0, `${action.id}: a person can do it by hand`)
  assert.ok(action.needs(type).length > 0, `${action.id}: it says what grants it needs`)
  const places = changes.map(({ place }) => place)
  const seen = await action.look(actor, thing, places, run)
  for (const { place, was } of changes) {
    assert.equal(seen[place] ?? null, was, `${action.id}: what stands in ${place} is what was read`)
    assert.equal(before[place] ?? null, was, `${action.id}: what stands in ${place} is what is there`)
  }

  const shows = async (wantedNow: typeof changes, when: string) => {
    const now = await standing()
    for (const { place, to } of wantedNow) assert.equal(now[place] ?? null, to, `${action.id}: ${place} after ${when}`)
    const others = ({ ...all }: Record<string, string | null>) => {
      for (const place of places) delete all[place]
      return all
    }
    assert.deepEqual(others(now), others(before), `${action.id}: nothing else was changed by ${when}`)
  }
  await action.apply(actor, thing, changes, run)
  await shows(changes, 'applying')
  await action.apply(actor, thing, changes, run)
  await shows(changes, 'applying once more')
  await action.undo(actor, thing, changes, run)
  await shows(turned(changes), 'undoing')
  await action.undo(actor, thing, changes, run)
  await shows(turned(changes), 'undoing once more')

  const [{ place, was }] = changes as [(typeof changes)[number]]
  const foreign = 'somebody-else-wrote-this'
  const refused = (doing: Promise<void>) =>
    doing.then(
      () => 'done',
      (error: unknown) => codeOf(error),
    )
  await put(place, foreign)
  assert.equal(await refused(action.apply(actor, thing, changes, run)), 'source/changed')
  assert.equal(await refused(action.undo(actor, thing, changes, run)), 'source/changed')
  assert.equal((await standing())[place], foreign, `${action.id}: what somebody changed is left alone`)
  const back = [{ place, was: foreign, to: was }]
  await action.apply(actor, thing, back, run)
  assert.deepEqual(await standing(), before, `${action.id}: the thing is as it was`)
}
