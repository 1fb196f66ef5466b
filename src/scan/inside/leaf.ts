import type { Detection } from '../../sdk/index.ts'
import type { Engine } from '../engine.ts'
import { isWide, startReading } from '../reading.ts'

/** Secrets in a file that is in memory, at most `engine.room.length` bytes. */
export const scanWhole = (
  engine: Engine,
  bytes: Uint8Array,
  file: string,
): { detections: Detection[]; full: boolean } => {
  const found = isWide(bytes) ? null : engine.find(bytes, 0, bytes.length, file, true)
  // Nearly always there is nothing.
  if (found?.length === 0) return { detections: [], full: false }
  const reading = startReading(engine, file)
  reading.piece(bytes, 0, true)
  return { detections: reading.detections(), full: reading.full }
}
