/** Looking back: the frame says so on every page, offers the way to another day, and has nothing done meanwhile. */
import { useId, useState } from 'react'
import { asOfHere, go, useAddress, withQuery } from '../address.tsx'
import { sentenceOf } from '../http.ts'
import { Icon } from '../parts/icon.tsx'
import { Layer } from '../parts/layer.tsx'
import { setServerTime } from '../words.ts'
import './then.css'

const DAY = 86_400_000
const AGO: readonly [string, number][] = [
  ['Yesterday', 1],
  ['A week ago', 7],
  ['A month ago', 30],
  ['A year ago', 365],
]

const asked = new EventTarget()
/** Opens the choice of a day from anywhere. */
export const pickDay = (): void => void asked.dispatchEvent(new Event('pick'))
export const hearPick = (heard: () => void): (() => void) => {
  asked.addEventListener('pick', heard)
  return () => asked.removeEventListener('pick', heard)
}

let told = ''
/** Lengths of time are counted to the moment that is shown: what was used a day before it was used a day ago. */
export function tellTime(asOf: string | null, now: string | undefined): void {
  if (`${asOf} ${now}` === told) return
  told = `${asOf} ${now}`
  const at = asOf === null ? Number.NaN : Date.parse(asOf.length === 10 ? `${asOf}T23:59:59.999Z` : asOf)
  setServerTime(at < Date.now() ? new Date(at).toISOString() : (now ?? new Date().toISOString()))
}

/** `17 November`, `17 November 2025`, `17 November, 10:00 UTC`; what is no moment stands as it was written. */
export function dayWord(asOf: string): string {
  const at = new Date(asOf)
  if (Number.isNaN(at.getTime())) return `“${asOf.slice(0, 40)}”`
  const sameYear = at.getUTCFullYear() === new Date().getUTCFullYear()
  const day = at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
  return asOf.length === 10 ? day : `${day}, ${at.toISOString().slice(11, 16)} UTC`
}

export const Return = ({ className = 'link' }: { className?: string }) => (
  <a className={className} data-now="" href={withQuery({ 'as-of': null })}>
    Return to now
  </a>
)

export function Then({ asOf, refused }: { asOf: string; refused: boolean }) {
  useAddress()
  const ofNow = asOfHere() === null
  return (
    <div className="notice then" role="status">
      <Icon name="expiry" />
      <span>
        {ofNow ? (
          <>This page is as it is now; elsewhere you see {dayWord(asOf)}.</>
        ) : refused ? (
          <>You asked for {dayWord(asOf)}.</>
        ) : (
          <>
            <b>You see {dayWord(asOf)}</b>, as it was known then.{' '}
            <span className="quiet">Nothing can be changed from here.</span>
          </>
        )}
      </span>
      <button type="button" className="link" onClick={pickDay}>
        Another day
      </button>
      <Return />
    </div>
  )
}

/** In the place of every page, when the day cannot be shown. */
export const NotThen = ({ asOf, why }: { asOf: string; why: unknown }) => (
  <div className="page">
    <h1>{dayWord(asOf)} cannot be shown</h1>
    <div className="state" role="alert">
      <p>{sentenceOf(why)}</p>
      <div className="row">
        <Return className="button primary" />
        <button type="button" className="button" onClick={pickDay}>
          Choose another day
        </button>
      </div>
    </div>
  </div>
)

export function PickDay({ asOf, close }: { asOf: string | null; close: () => void }) {
  const today = new Date().toISOString().slice(0, 10)
  const known = asOf !== null && !Number.isNaN(Date.parse(asOf))
  const [day, setDay] = useState(known ? asOf.slice(0, 10) : new Date(Date.now() - 7 * DAY).toISOString().slice(0, 10))
  const [time, setTime] = useState(known && asOf.length > 10 ? asOf.slice(11, 16) : '')
  const id = useId()
  const see = (moment: string) => {
    close()
    const there = withQuery({ 'as-of': moment })
    go(asOfHere(there) === null ? `/?${new URLSearchParams({ 'as-of': moment })}` : there, { now: true })
  }
  return (
    <Layer title="See the estate as of" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (day !== '') see(time === '' ? day : `${day}T${time}:00.000Z`)
        }}
      >
        <p>
          Every page shows what was known and thought then: findings, owners, verdicts, scores and what was not read.
        </p>
        <div className="row then-fields">
          <label htmlFor={`${id}-day`}>
            Day
            <input
              id={`${id}-day`}
              type="date"
              required
              max={today}
              value={day}
              onChange={(event) => setDay(event.target.value)}
            />
          </label>
          <label htmlFor={`${id}-time`}>
            Time in UTC, or the end of the day
            <input id={`${id}-time`} type="time" value={time} onChange={(event) => setTime(event.target.value)} />
          </label>
        </div>
        <div className="row">
          {AGO.map(([words, days]) => (
            <button
              key={words}
              type="button"
              className="button quiet"
              onClick={() => see(new Date(Date.now() - days * DAY).toISOString().slice(0, 10))}
            >
              {words}
            </button>
          ))}
        </div>
        <div className="row">
          <button type="submit" className="button primary">
            See that day
          </button>
          {asOf !== null && <Return className="button" />}
        </div>
      </form>
    </Layer>
  )
}
