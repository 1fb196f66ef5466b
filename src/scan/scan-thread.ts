/** A thread that scans files with an engine of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import { detectors } from './detectors/index.ts'
import { compile } from './engine.ts'
import type { Opening } from './inside/open.ts'
import { scanFile } from './one-file.ts'
import { type Asked, type Carried, carry } from './threads.ts'

const engine = compile(detectors)
const opening = workerData as Opening | null
const never = (): undefined => undefined

parentPort!.on('message', async (files: Asked[]) => {
  const scanned: Carried[] = []
  for (const met of files) {
    if ('skipped' in met) scanned.push({ file: met.file, bytes: 0, detections: [], skipped: met.skipped })
    else {
      const file = await scanFile(engine, Buffer.from(met.path, 'latin1'), met.file, never, opening)
      if (file !== null && 'next' in file) for await (const part of file) scanned.push(carry(part))
      else if (file !== null) scanned.push(carry(file))
    }
  }
  parentPort!.postMessage(scanned)
})
