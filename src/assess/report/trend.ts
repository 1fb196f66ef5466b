import { figure, moment } from './paper.ts'

type Place = readonly [x: number, y: number]

export interface TrendLines {
  known: Place[]
  severe: Place[]
  /** The same numbers as a sentence. */
  says: string
}

/** Findings over time as two lines in a box, in whole tenths of a point; null when there is nothing to compare. */
export function trendOf(
  points: readonly { at: string; machines: number; known: number; severe: number }[],
  width: number,
  height: number,
): TrendLines | null {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < 2) return null
  const from = Date.parse(first.at)
  const span = Math.max(1, Date.parse(last.at) - from)
  const top = Math.max(1, ...points.map(({ known }) => known))
  const tenth = (n: number): number => Math.round(n * 10) / 10
  const line = (of: 'known' | 'severe'): Place[] =>
    points.map((point) => [
      tenth(4 + ((width - 8) * (Date.parse(point.at) - from)) / span),
      tenth(height - 4 - ((height - 8) * point[of]) / top),
    ])
  const [day] = moment(first.at).split(',')
  return {
    known: line('known'),
    severe: line('severe'),
    says: `On ${day} ${figure(first.known)} findings were known, ${figure(first.severe)} of them critical or high, among ${figure(first.machines)} machine identities; on ${moment(last.at).split(',')[0]} it is ${figure(last.known)}, ${figure(last.severe)} and ${figure(last.machines)}.`,
  }
}
