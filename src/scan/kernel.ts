import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, ReeveError } from '../sdk/index.ts'

/** Node's types do not know it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { exports: Record<string, unknown> }
  Global: new () => Global
}
interface Global {
  value: number
}

/** What `assembly/kernel.ts` exports; addresses and sizes are in bytes. */
export interface Kernel {
  memory: { buffer: ArrayBuffer }
  headOf(key: number, kind: number): number
  walk(detector: number, at: number, limit: number): number
  scan(start: number, end: number, from: number, to: number, longest: number): number
  find(literal: number, length: number, from: number, to: number): number
  lines(from: number, to: number): number
  factor: Global
  resume: Global
  missedRow: Global
  missedClass: Global
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const sources = ['layout.ts', 'kernel.ts'].map((file) => fileURLToPath(new URL(`assembly/${file}`, import.meta.url)))
const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js')
/** 64 KiB each: the layout and a page to spare. */
const PAGES = 192
const OPTIONS = `-O3 --noAssert --runtime stub --enable simd --initialMemory ${PAGES} --maximumMemory ${PAGES} --memoryBase 64`

/** Compiles the kernel to `folder`, in one step, so that two processes that do so at once do not disturb each other. */
const compileTo = (folder: string, name: string): Uint8Array => {
  const made = join(folder, `${name}.${process.pid}`)
  execFileSync(process.execPath, [compiler, sources.at(-1)!, ...OPTIONS.split(' '), '--outFile', made], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const bytes = readFileSync(made)
  renameSync(made, join(folder, name))
  return bytes
}

/** Compiled once for each state of the sources and kept beside the runtime; made anew where nothing may be written. */
const bytesOfKernel = (): Uint8Array => {
  const state = createHash('sha256').update(OPTIONS)
  for (const source of sources) state.update(readFileSync(source))
  const name = `scan-${state.digest('hex').slice(0, 16)}.wasm`
  const runtime = join(root, '.runtime')
  if (existsSync(join(runtime, name))) return readFileSync(join(runtime, name))
  try {
    if (mayWrite(runtime)) return compileTo(runtime, name)
    const folder = mkdtempSync(join(tmpdir(), 'reeve-scan-'))
    try {
      return compileTo(folder, name)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  } catch (cause) {
    throw new ReeveError(
      'scan/kernel',
      `compiling the inner loop of the scanner: ${messageOf(cause).split('\n')[0]}; run ./reeve with a network, so that its packages are whole`,
      { cause },
    )
  }
}

const mayWrite = (folder: string): boolean => {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

let compiled: object | undefined

/** A kernel of its own, with its own memory, and the addresses of its layout. */
export const openKernel = (): { kernel: Kernel; layout: Record<string, number> } => {
  compiled ??= new WebAssembly.Module(bytesOfKernel())
  const { exports } = new WebAssembly.Instance(compiled)
  const layout: Record<string, number> = {}
  for (const [name, value] of Object.entries(exports))
    if (value instanceof WebAssembly.Global && /^[A-Z_]+$/.test(name)) layout[name] = Number(value.value) >>> 0
  return { kernel: exports as unknown as Kernel, layout }
}
