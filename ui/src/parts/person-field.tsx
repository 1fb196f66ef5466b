/** Chooses people of the estate: what is typed is looked up, what is chosen stands below and can be taken out. */
import { useId, useState } from 'react'
import { useAnswer } from '../asking.ts'
import type { Inventory, Person } from '../nouns.ts'
import { Icon } from './icon.tsx'
import { cut, Name } from './name.tsx'
import { quoteWord } from './query.tsx'
import './person-field.css'

/** People of the estate whose name or address begins so. */
export const usePeople = (typed: string) => {
  const people = useAnswer<Inventory>(
    `/v1/entities?${new URLSearchParams({ kind: 'person', q: typed.trim() ? quoteWord(typed.trim()) : '', sort: 'name', limit: '12' })}`,
    { keep: true },
  )
  return { ...people, list: people.data?.rows.map(({ key, name }): Person => ({ key, name })) }
}

export function PersonField({
  label,
  chosen,
  most,
  choose,
}: {
  label: string
  chosen: readonly Person[]
  most: number
  choose: (people: readonly Person[]) => void
}) {
  const [typed, setTyped] = useState('')
  const id = useId()
  const { list } = usePeople(typed)
  const offered = list?.filter(({ key }) => !chosen.some((one) => one.key === key)) ?? []
  return (
    <div className="field person-field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {chosen.length > 0 && (
        <ul className="person-chosen">
          {chosen.map((person) => (
            <li key={person.key} className="tag">
              <Name text={person.name} longest={40} />
              <button
                type="button"
                className="tick"
                aria-label={`Take ${cut(person.name, 40)} out`}
                onClick={() => choose(chosen.filter(({ key }) => key !== person.key))}
              >
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {chosen.length < most && (
        <>
          <input
            id={id}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder="Name or e-mail"
            autoComplete="off"
          />
          {typed.trim() !== '' && (
            <ul className="choices">
              {offered.slice(0, 6).map((person) => (
                <li key={person.key}>
                  <button
                    type="button"
                    className="choice"
                    onClick={() => {
                      choose([...chosen, person])
                      setTyped('')
                    }}
                  >
                    <Name text={person.name} longest={60} />
                    <span className="meta">
                      <Name text={person.key} longest={60} />
                    </span>
                  </button>
                </li>
              ))}
              {list && offered.length === 0 && <li className="meta">No person of that name was read.</li>}
            </ul>
          )}
        </>
      )}
    </div>
  )
}
