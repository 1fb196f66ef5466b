import { describe, expect, test } from 'vitest'
import { detectors } from './detectors/index.ts'
import { compile } from './engine.ts'
import { scanBytes } from './reading.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

test('ids are unique and speak for themselves', () => {
  const ids = detectors.map((detector) => detector.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([])
  expect(detectors.length).toBeGreaterThanOrEqual(90)
})

test('no pattern repeats without a bound', () => {
  const unbounded = detectors.filter(({ pattern }) =>
    /(?<!\\)[*+](?![^[\]]*\])|\{\d+,\}/.test(pattern.source.replace(/\[(?:\\.|[^\]\\])*\]/g, 'C')),
  )
  expect(unbounded.map(({ id }) => id)).toEqual([])
})

test('a pattern that ignores case has anchors that do', () => {
  const wrong = detectors.filter(
    ({ pattern, anchors }) => pattern.flags.includes('i') && anchors.some(({ anyCase }) => anyCase !== true),
  )
  expect(wrong.map(({ id }) => id)).toEqual([])
})

describe.each(detectors)('$id', (detector) => {
  const alone = compile([detector])
  const found = (text: string) => scanBytes(alone, bytes(text), detector.cases.file ?? '')

  test('finds its positive cases and shows little of them', () => {
    for (const text of detector.cases.yes) {
      const detections = found(text)
      expect(detections.length, text).toBeGreaterThan(0)
      for (const { value, redacted, start, end } of detections) {
        const shown = redacted.replace('…', '')
        expect(Buffer.from(text).subarray(start, end).toString('utf8')).toBe(value.reveal())
        expect(shown.length).toBeLessThanOrEqual((detector.prefix ?? 0) + 4)
        expect(redacted).not.toContain(value.reveal())
      }
    }
  })

  test('is silent on its negative cases', () => {
    expect(detector.cases.no.filter((text) => found(text).length > 0)).toEqual([])
  })
})
