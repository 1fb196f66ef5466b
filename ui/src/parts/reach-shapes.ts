/** The silhouettes of the seven kinds as nodes of a picture: outlines within 16 of the middle, y downward, as paths of SVG. */
import type { Kind } from '../nouns.ts'

export const SHAPES: Record<Kind | 'none', string> = {
  identity: 'M0-16 13.900-8V8L0 16-13.900 8V-8Z',
  person: 'M0-15A15 15 0 1 1-.01-15Z',
  workload: 'M-14-9Q-14-13-10-13H10Q14-13 14-9V9Q14 13 10 13H-10Q-14 13-14 9Z',
  credential: 'M0-16 16 0 0 16-16 0Z',
  secret: 'M-11-14H4L11-7V14H-11Z',
  entitlement: 'M-15-10H15V-4.500A4.500 4.500 0 0 0 15 4.500V10H-15V4.500A4.500 4.500 0 0 0-15-4.500Z',
  resource: 'M-13-9C-13-16.300 13-16.300 13-9V9C13 16.300-13 16.300-13 9ZM-13-9C-13-3.700 13-3.700 13-9',
  none: 'M0-13A13 13 0 1 1-.01-13Z',
}

export interface Colours {
  sheet: string
  ink: string
  quiet: string
  node: string
  hop: string
  accent: string
  critical: string
  unknown: string
  rule: string
  /** The family of the interface's letters. */
  font: string
}

/** The colours of the theme in which an element stands. */
export function coloursAt(element: Element): Colours {
  const style = getComputedStyle(element)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    sheet: of('sheet'),
    ink: of('ink'),
    quiet: of('ink-3'),
    node: of('ink-2'),
    hop: of('control'),
    accent: of('accent'),
    critical: of('critical'),
    unknown: of('unknown'),
    rule: of('rule-2'),
    font: of('sans') || 'sans-serif',
  }
}
