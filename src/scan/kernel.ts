import { type Global, instantiate } from './instance.ts'

/** What `assembly/kernel.ts` exports; addresses and sizes are in bytes. */
export interface Kernel {
  memory: { buffer: ArrayBuffer }
  headOf(key: number, kind: number): number
  walk(detector: number, at: number, limit: number): number
  scan(start: number, end: number, from: number, to: number, longest: number, anchors: boolean): number
  find(literal: number, length: number, from: number, to: number): number
  lines(from: number, to: number): number
  factor: Global
  resume: Global
  missedRow: Global
  missedClass: Global
}

/** 64 KiB each: the layout and a page to spare. */
const PAGES = 192

/** A kernel of its own, with its own memory, and the addresses of its layout. */
export const openKernel = (): { kernel: Kernel; layout: Record<string, number> } => {
  const { exports, constants } = instantiate<Kernel>('kernel.ts', PAGES)
  return { kernel: exports, layout: constants }
}
