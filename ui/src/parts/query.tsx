/** Facets and the query are one text: a choice is a word of it, and typing a word makes the choice. */
import { useEffect, useId, useRef, useState } from 'react'
import { go, withQuery } from '../address.tsx'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../http.ts'
import type { Facets as FacetsAnswer, Kind, Mark as MarkName } from '../nouns.ts'
import { count, KIND_WORDS, typeWord } from '../words.ts'
import { Icon } from './icon.tsx'
import { KindIcon } from './kind-icon.tsx'
import { Layer } from './layer.tsx'
import { Mark } from './mark.tsx'
import { cut } from './name.tsx'
import { Sentence } from './sentence.tsx'
import './query.css'

export const quoteWord = (text: string): string =>
  /[\s:"\\]/.test(text) || text.startsWith('-') ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : text

const WORD = /-?(?:[\p{L}\p{N}_.]+:)?(?:"(?:[^"\\]|\\.)*"?|\S+)/gu

const wordsOf = (q: string): string[] => q.match(WORD) ?? []

export const hasWord = (q: string, word: string): boolean => wordsOf(q).includes(word)

/** The query with the word, or without it if it was there. */
export function toggleWord(q: string, word: string): string {
  const words = wordsOf(q)
  return (words.includes(word) ? words.filter((one) => one !== word) : [...words, word]).join(' ')
}

/** Milliseconds: letters of one stroke go together, and nobody waits for it. */
const BREATH = 40

/** The query with this word for all that it says of the field. */
const aloneIn = (q: string, field: string, word: string): string =>
  [...wordsOf(q).filter((one) => !one.replace('-', '').startsWith(`${field}:`)), word].join(' ')

/** The filter field. `/` reaches it; what is typed becomes the address after a breath. */
export function QueryInput({ q, error, example }: { q: string; error: unknown; example: string }) {
  const ref = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(q)
  /** What was sent from here and has not come back as the address yet. */
  const sent = useRef<string[]>([])
  const came = useRef(q)
  const id = useId()
  useEffect(() => {
    if (q === came.current) return
    came.current = q
    // Addresses come later than letters: only one that was not sent from here is put in their place.
    const at = sent.current.indexOf(q)
    if (at < 0) setTyped(q)
    sent.current = at < 0 ? [] : sent.current.slice(at + 1)
  }, [q])
  useEffect(() => {
    if (typed.trim() === (sent.current.at(-1) ?? came.current).trim()) return
    const timer = setTimeout(() => {
      sent.current.push(typed.trim())
      go(withQuery({ q: typed.trim() }), { replace: true })
    }, BREATH)
    return () => clearTimeout(timer)
  }, [typed])
  useKeys({ '/': () => ref.current?.focus() })
  const problem = error instanceof Problem && error.code.startsWith('query/') ? error : null
  return (
    <search className="query">
      <label className="hidden-text" htmlFor={id}>
        Filter
      </label>
      <span className="query-field">
        <Icon name="search" />
        <input
          ref={ref}
          id={id}
          type="search"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && (typed === '' ? ref.current?.blur() : setTyped(''))}
          placeholder={`Filter: ${example}`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={2000}
          aria-invalid={problem !== null}
          aria-describedby={problem ? `${id}-why` : undefined}
        />
        <kbd className="wide">/</kbd>
      </span>
      {problem && (
        <p className="refusal" id={`${id}-why`} role="alert">
          <Sentence text={problem.message} />{' '}
          {problem.suggestion && (
            <button
              type="button"
              className="link"
              onClick={() => setTyped(mend(typed, problem.suggestion!, problem.message))}
            >
              Use {problem.suggestion}
            </button>
          )}
        </p>
      )}
    </search>
  )
}

const mend = (typed: string, field: string, message: string): string => {
  const wrong = /`([^`]+)`/.exec(message)?.[1]
  return wrong === undefined ? typed : typed.replace(`${wrong}:`, `${field}:`)
}

const MARKS = new Set<string>(['critical', 'high', 'medium', 'low', 'info', 'unknown', 'pass', 'not-judged'])

/** What a machine wrote is said in words; what a person named is left as it is. */
const valueTitle = (field: string, title: string): string =>
  field === 'type'
    ? typeWord(title)
    : ['verdict', 'account', 'env'].includes(field)
      ? `${title.charAt(0).toUpperCase()}${title.slice(1).replaceAll('-', ' ')}`
      : cut(title, 80)

interface FacetProps {
  facets: FacetsAnswer | undefined
  q: string
  kind: Kind | null
  stale: boolean
}

/** A facet whose one value every row has narrows nothing, unless it is what was chosen. */
const narrows = ({ values }: FacetsAnswer['facets'][number], total: number): boolean =>
  values.length > 1 || (values.length === 1 && (values[0]!.chosen || values[0]!.count < total))

/** Choices with their counts, each facet counted as if it alone were free. Old counts stay, dimmed, until new ones come. */
export function Facets({ facets, q, kind, stale }: FacetProps) {
  if (!facets) return <div className="facets" aria-hidden="true" />
  return (
    <nav className={stale ? 'facets dim' : 'facets'} aria-label="Narrow the list">
      {kind !== null && (
        <section>
          <h2 className="label">Kind</h2>
          {facets.kinds.map((one) => (
            <a
              key={one.kind}
              className="choice-line"
              href={withQuery({ kind: one.kind === 'identity' ? null : one.kind, sort: null, cols: null, view: null })}
              aria-current={one.kind === kind ? 'true' : undefined}
            >
              <KindIcon kind={one.kind} />
              <span>{KIND_WORDS[one.kind][1]}</span>
              <span className="n">{count(one.count)}</span>
            </a>
          ))}
        </section>
      )}
      {facets.facets
        .filter((facet) => narrows(facet, facets.total.count))
        .map((facet) => (
          <section key={facet.field}>
            <h2 className="label">{facet.title}</h2>
            {facet.values.map((value) => (
              <a
                key={value.word}
                className="choice-line"
                href={withQuery({ q: toggleWord(q, value.word) })}
                // The number is of this value alone, however many are chosen beside it.
                data-rows={withQuery({ q: aloneIn(q, facet.field, value.word) })}
                aria-current={value.chosen ? 'true' : undefined}
              >
                {facet.field === 'verdict' && MARKS.has(value.value) && <Mark of={value.value as MarkName} beside />}
                <span className="one-line">
                  <bdi>{valueTitle(facet.field, value.title)}</bdi>
                </span>
                <span className="n">{count(value.count)}</span>
                {value.chosen && <Icon name="close" size={12} />}
              </a>
            ))}
            {facet.more > 0 && (
              <p className="meta more">
                {count(facet.more)} more; type {facet.field}:… to choose one
              </p>
            )}
          </section>
        ))}
    </nav>
  )
}

/** The same at 390 px: one button, one sheet. */
export function FacetSheet(props: FacetProps) {
  const [open, setOpen] = useState(false)
  const chosen = wordsOf(props.q).length
  return (
    <>
      <button type="button" className="button narrow" onClick={() => setOpen(true)}>
        <Icon name="filter" />
        Filter{chosen > 0 && ` ${chosen}`}
      </button>
      {open && (
        <Layer title="Narrow the list" side close={() => setOpen(false)}>
          <Facets {...props} />
          <div className="acts sticky-acts">
            <button type="button" className="button primary" onClick={() => setOpen(false)}>
              Show {props.facets ? count(props.facets.total.count) : 'the list'}
            </button>
          </div>
        </Layer>
      )}
    </>
  )
}
