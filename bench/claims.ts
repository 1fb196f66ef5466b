/** How a program under bench/ says what it measured: one line of JSON per claim on stdout, a table for people on stderr. */

export interface Claim {
  /** The id in the table of claims: `R1`. */
  claim: string
  what: string
  ours: number
  theirs: number
  unit: string
  /** Written so that more is better; for times: theirs / ours. */
  ratio: number
  floor: number
  /** Were both sides' results the same? A claim that is not exact does not hold. */
  exact: boolean
  /** Further figures that the line of JSON bears. */
  more?: Readonly<Record<string, number>>
}

const made: (Claim & { holds: boolean })[] = []

export function claim(given: Claim): void {
  const rounded = { ...given, ours: round(given.ours), theirs: round(given.theirs), ratio: round(given.ratio) }
  const holds = given.exact && rounded.ratio >= given.floor
  const { claim: id, what, ours, theirs, unit, ratio, floor, exact, more } = rounded
  made.push({ ...rounded, holds })
  process.stdout.write(
    `${JSON.stringify({ claim: id, what, ours, theirs, unit, ratio, floor, holds, exact, ...more })}\n`,
  )
}

/** Prints the table and sets the exit code: 1 when a claim does not hold or is not exact. */
export function finish(): void {
  const rows = [
    ['claim', 'ours', 'theirs', 'unit', 'ratio', 'floor', 'holds', 'what'],
    ...made.map((one) =>
      [
        one.claim,
        one.ours,
        one.theirs,
        one.unit,
        one.ratio,
        one.floor,
        one.holds ? 'yes' : one.exact ? 'NO' : 'NOT EXACT',
        one.what,
      ].map(String),
    ),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows)
    process.stderr.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}\n`,
    )
  if (made.length === 0 || made.some(({ holds }) => !holds)) process.exitCode = 1
}

export const quick = process.argv.includes('--quick')

/** Milliseconds that `work` took, and what it gave. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now()
  const result = await work()
  return { ms: performance.now() - start, result }
}

/** The middle of several measurements. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

const round = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
