/** What waits for one person: one thing on one screen, answered with one key, and the next. */
import { useEffect, useRef, useState } from 'react'
import { useAct } from '../../acting.ts'
import { useAddress } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useTitle } from '../../frame/title.ts'
import { sentenceOf } from '../../http.ts'
import type { Inbox as Answered, InboxItem, OwnersPage, Person } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, date, some } from '../../words.ts'
import { type Said, say } from './answering.ts'
import { Item } from './item.tsx'
import './inbox.css'

export const idOf = ({ duty, entity }: InboxItem): string => `${duty} ${entity.key}`

export function Inbox() {
  const { query } = useAddress()
  const person = query.get('person')
  const answer = useAnswer<Answered>(`/v1/inbox${person === null ? '' : `?${new URLSearchParams({ person })}`}`)
  useTitle('Inbox')
  const data = answer.data
  const other = person !== null && data?.person ? data.person : null
  return (
    <div className="page inbox">
      <h1>
        {other ? (
          <>
            Inbox of <Name text={other.name} longest={60} />
          </>
        ) : (
          'Inbox'
        )}
      </h1>
      {answer.error ? (
        <Failure error={answer.error} what="The inbox" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting rows={6} />
      ) : data.items.length === 0 ? (
        <NothingWaits of={data} />
      ) : (
        <Items key={person} of={data} other={other} />
      )}
    </div>
  )
}

function Items({ of, other }: { of: Answered; other: Person | null }) {
  const may = useMay('owner')
  /** Answered or put off in this sitting: they come last, so that each is seen once. */
  const [passed, setPassed] = useState<readonly string[]>([])
  const [naming, setNaming] = useState(false)
  const [note, setNote] = useState('')
  const { busy, refused, run } = useAct()
  const title = useRef<HTMLHeadingElement>(null)
  const waiting = of.items.filter((item) => !passed.includes(idOf(item)))
  const item = waiting[0]
  const id = item && idOf(item)
  const first = useRef(id)
  // What comes next is read out, and the keys act on it.
  useEffect(() => {
    if (first.current !== id) title.current?.focus({ preventScroll: true })
    first.current = id
  }, [id])
  const pass = (one: string) => setPassed((all) => [...all.filter((other) => other !== one), one])
  const answerWith = async (said: Said) => {
    const at = id!
    await say(item!, said, {
      of: other,
      note: note.trim(),
      back: () => setPassed((all) => all.filter((one) => one !== at)),
    })
    pass(at)
    setNote('')
  }
  const press = (said: Said) => () => void (may && item && !busy && run(() => answerWith(said)))
  useKeys({
    ...(may && item
      ? { 1: press({ answer: 'mine' }), 2: () => setNaming(true), 3: press({ answer: 'not-needed' }) }
      : {}),
    j: () => id !== undefined && pass(id),
    k: () => setPassed((all) => all.slice(0, -1)),
  })
  return (
    <>
      <Answer>
        <b>{count(waiting.length + of.left - of.items.length)}</b> {waiting.length === 1 ? 'waits' : 'wait'} for{' '}
        {other ? <Name text={other.name} longest={60} /> : 'you'}
        {of.overdue > 0 && `; ${count(of.overdue)} ${of.overdue === 1 ? 'is' : 'are'} overdue`}. Two minutes each, at
        most.
      </Answer>
      {item ? (
        <Item
          key={id}
          of={item}
          title={title}
          whose={other}
          busy={busy}
          act={
            may
              ? {
                  mine: press({ answer: 'mine' }),
                  notMine: () => setNaming(true),
                  notNeeded: press({ answer: 'not-needed' }),
                }
              : null
          }
          later={() => pass(id!)}
          note={note}
          setNote={setNote}
        />
      ) : (
        <Empty title="That was all for now">
          <p>
            {some(of.items.length, 'thing is', 'things are')} answered or put off.{' '}
            <button type="button" className="link" onClick={() => setPassed([])}>
              See them again
            </button>
          </p>
        </Empty>
      )}
      <Refused error={refused} />
      {naming && item && (
        <OwnerSheet
          of={item.entity.name}
          title="Whose is it?"
          suggested={null}
          close={() => setNaming(false)}
          act={(person) => answerWith({ answer: 'not-mine', to: person })}
          instead={{ says: 'I do not know', act: () => answerWith({ answer: 'not-mine', to: null }) }}
        />
      )}
    </>
  )
}

function NothingWaits({ of }: { of: Answered }) {
  const owners = useAnswer<OwnersPage>(of.nobody === null ? '/v1/owners' : null).data
  if (of.nobody !== null)
    return (
      <Empty title="Nothing can wait for you here" mark={<Mark of="unknown" beside />}>
        <p>{sentenceOf(new Error(of.nobody))}</p>
      </Empty>
    )
  const whole = owners !== undefined && owners.counts.unowned + owners.counts.orphaned === 0
  const next = of.nextAt
  return (
    <Empty title={whole ? 'Everything has a person who answered for it' : 'All that answers to you has your word'}>
      <p>{next === null ? 'No review lies ahead.' : `Next review ${date(next)}.`}</p>
    </Empty>
  )
}
