import type { Detector } from './detector.ts'
import { made } from './detectors/made.ts'

/**
 * A detector for tokens with a public prefix, from nothing but the format as its provider documents it:
 * `dop_v1_{a-f0-9:64}` is the prefix and 64 characters of the class, `{…:20,40}` is 20 to 40. The format is also the cases:
 * a token of the format is found, and one cut short is not.
 */
export const token = (
  id: string,
  provider: string,
  title: string,
  formats: string | readonly string[],
  more: Partial<Omit<Detector, 'id' | 'provider' | 'title' | 'anchors' | 'pattern' | 'cases'>> & {
    no?: readonly string[]
    yes?: readonly string[]
  } = {},
): Detector => {
  const { yes, no, ...rest } = more
  const all = typeof formats === 'string' ? [formats] : formats
  const prefixes = all.map((format) => format.slice(0, format.indexOf('{')))
  const parts = /\{([^{}:]+):(\d+(?:,\d+)?)\}/g
  const bodies = all.map((format) => {
    const last = [...format.matchAll(parts)].at(-1)!
    const tail = format.slice(last.index + last[0].length)
    const end = tail === '' ? `(?![A-Za-z0-9${/_/.test(last[1]!) ? '_' : ''}${last[1]!.endsWith('-') ? '-' : ''}])` : ''
    const body = format
      .split(/(\{[^{}:]+:\d+(?:,\d+)?\})/)
      .map((piece) => piece.replace(/^\{(.+):([\d,]+)\}$/, '[$1]{$2}'))
      .map((piece, at) => (at % 2 === 1 ? piece : piece.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')))
      .join('')
    return body + end
  })
  const positives = all.map((format) => made(`token = "${format.replace(/:(\d+),\d+\}/g, ':$1}')}"`))
  return {
    id,
    provider,
    title,
    severity: 'high',
    method: 'token',
    rank: 3,
    ...rest,
    boundary: true,
    anchors: prefixes.map((prefix) => {
      const first = /\{([^{}:]+):/.exec(all[prefixes.indexOf(prefix)]!)![1]!
      return prefix.length < 4 ? { literal: prefix, next: first } : { literal: prefix }
    }),
    prefix: Math.max(...prefixes.map((prefix) => prefix.length)),
    pattern: new RegExp(`(?<value>${bodies.join('|')})`),
    cases: {
      yes: yes ?? positives,
      no: [
        ...(no ?? []),
        ...prefixes.map((prefix) => `see ${prefix} and nothing`),
        ...positives.map((text) => text.slice(0, text.indexOf('"') + 8)),
      ],
    },
  }
}
