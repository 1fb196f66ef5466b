import type { Detector } from '../../src/scan/detector.ts'
import { armed, attemptAt, type Candidate, compileSlowly, type Engine } from '../../src/scan/engine.ts'

/**
 * The scanner as it is usually built: for each file the detectors of which a keyword stands in it, and the pattern of each of
 * those over the whole file.
 */
export const compileByKeyword = (detectors: readonly Detector[]): Engine => {
  const plain = compileSlowly(detectors)
  const rules = detectors.map((detector) => ({
    detector,
    keywords: detector.anchors.map(({ literal }) => literal.toLowerCase()),
    search: new RegExp(detector.pattern.source, `g${detector.pattern.flags.replace(/[dgy]/g, '')}`),
    exact: armed(detector),
  }))
  return {
    ...plain,
    find(bytes, from, to, file, isStart) {
      const found: Candidate[] = isStart ? plain.find(bytes, 0, 0, file, true) : []
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      const small = text.toLowerCase()
      for (const { detector, keywords, search, exact } of rules) {
        if (detector.atStart === true || !keywords.some((keyword) => small.includes(keyword))) continue
        search.lastIndex = from
        for (let match = search.exec(text); match !== null && match.index < to; match = search.exec(text)) {
          const candidate = attemptAt(detector, exact, text, match.index, file)
          if (candidate !== null) found.push(candidate)
          search.lastIndex = match.index + 1
        }
      }
      return found.sort((a, b) => a.anchor - b.anchor)
    },
  }
}
