/** Scans a folder with some threads, in a process of its own: prints milliseconds, peak MiB and what was found. */
import { createHash } from 'node:crypto'
import { createScanner } from '../../src/scan/index.ts'

const [folder = '', threads = '0'] = process.argv.slice(2)
const scanner = createScanner({ threads: Number(threads), vendored: true })
const start = performance.now()
const found = createHash('sha256')
let files = 0
let detections = 0
for await (const file of scanner.scanFolder(folder)) {
  files++
  for (const one of file.detections) {
    detections++
    found.update(`${file.file}:${one.start}:${one.end}:${one.detector}\n`)
  }
}
process.stdout.write(
  JSON.stringify({
    ms: performance.now() - start,
    mib: process.resourceUsage().maxRSS / 1024,
    files,
    detections,
    found: found.digest('hex'),
  }),
)
