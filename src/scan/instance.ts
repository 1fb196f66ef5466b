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
/** An exported variable. */
export interface Global {
  value: number
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const assembly = fileURLToPath(new URL('assembly', import.meta.url))
const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js')
const OPTIONS = '-O3 --noAssert --runtime stub --enable simd --memoryBase 64'

/** Compiles the kernel to `folder`, in one step, so that two processes that do so at once do not disturb each other. */
const compileTo = (folder: string, name: string, source: string, pages: number): Uint8Array => {
  const made = join(folder, `${name}.${process.pid}`)
  const memory = ['--initialMemory', `${pages}`, '--maximumMemory', `${pages}`]
  execFileSync(
    process.execPath,
    [compiler, join(assembly, source), ...OPTIONS.split(' '), ...memory, '--outFile', made],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const bytes = readFileSync(made)
  renameSync(made, join(folder, name))
  return bytes
}

/** Compiled once for each state of the sources and kept beside the runtime; made anew where nothing may be written. */
const compiledBytes = (source: string, pages: number): Uint8Array => {
  const state = createHash('sha256').update(`${OPTIONS} ${pages}`)
  for (const file of ['layout.ts', source]) state.update(readFileSync(join(assembly, file)))
  const name = `${source.slice(0, -3)}-${state.digest('hex').slice(0, 16)}.wasm`
  const runtime = join(root, '.runtime')
  if (existsSync(join(runtime, name))) return readFileSync(join(runtime, name))
  try {
    if (mayWrite(runtime)) return compileTo(runtime, name, source, pages)
    const folder = mkdtempSync(join(tmpdir(), 'reeve-scan-'))
    try {
      return compileTo(folder, name, source, pages)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  } catch (cause) {
    throw new ReeveError(
      'scan/kernel',
      `compiling src/scan/assembly/${source}: ${messageOf(cause).split('\n')[0]}; run ./reeve with a network, so that its packages are whole`,
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

const modules = new Map<string, object>()

/**
 * An instance of a file under `assembly/` with a memory of its own of `pages` times 64 KiB, and its exported constants by name (their names are
 * in capitals).
 */
export const instantiate = <Exports>(
  source: string,
  pages: number,
): { exports: Exports; constants: Record<string, number> } => {
  const module = modules.get(source) ?? new WebAssembly.Module(compiledBytes(source, pages))
  modules.set(source, module)
  const { exports } = new WebAssembly.Instance(module)
  const named: Record<string, number> = {}
  for (const [name, value] of Object.entries(exports))
    if (value instanceof WebAssembly.Global && /^[A-Z_]+$/.test(name)) named[name] = value.value >>> 0
  return { exports: exports as Exports, constants: named }
}
