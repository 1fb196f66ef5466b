import { type ChildProcess, spawn } from 'node:child_process'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'

const LONGEST_LINE = 4 << 20
const MOST_BYTES = 16 << 20
const MOST_MESSAGES = 2000
const PATIENCE = 500

/** A program that speaks MCP over its standard input and output. */
export interface Program {
  command: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  cwd: string
}

/**
 * Runs a server in a process group of its own, bounded in what it may say: one that floods is ended, and so is whatever it
 * started. Its standard error goes nowhere.
 */
export class BoundedStdio implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  readonly #program: Program
  #child: ChildProcess | undefined
  #rest: Buffer[] = []
  #length = 0
  #bytes = 0
  #messages = 0
  /** Why it was ended, if it was for what it did. */
  fault: string | null = null

  constructor(program: Program) {
    this.#program = program
  }

  start(): Promise<void> {
    const { command, args, env, cwd } = this.#program
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd, env: { ...env }, detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
      this.#child = child
      child.once('spawn', resolve)
      child.once('error', (error) => {
        reject(error)
        this.onerror?.(error)
      })
      child.once('exit', () => this.onclose?.())
      child.stdin!.on('error', () => {})
      child.stdout!.on('data', (chunk: Buffer) => this.#take(chunk))
      child.stdout!.on('error', () => {})
    })
  }

  #take(chunk: Buffer): void {
    if (this.fault !== null) return
    this.#bytes += chunk.length
    if (this.#bytes > MOST_BYTES) {
      this.#end(`it said more than ${MOST_BYTES} bytes`)
      return
    }
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...this.#rest, chunk.subarray(start, end)]).toString('utf8')
      this.#rest = []
      this.#length = 0
      start = end + 1
      if (line.trim() === '') continue
      if (++this.#messages > MOST_MESSAGES) {
        this.#end(`it sent more than ${MOST_MESSAGES} messages`)
        return
      }
      this.#tell(line)
    }
    this.#rest.push(chunk.subarray(start))
    this.#length += chunk.length - start
    if (this.#length > LONGEST_LINE) this.#end(`it sent a message of more than ${LONGEST_LINE} bytes`)
  }

  /** What is no message of the protocol (logs on standard output, mostly) is passed over. */
  #tell(line: string): void {
    let message: unknown
    try {
      message = JSON.parse(line)
    } catch {
      return
    }
    if (message !== null && typeof message === 'object' && (message as { jsonrpc?: unknown }).jsonrpc === '2.0')
      this.onmessage?.(message as JSONRPCMessage)
  }

  #end(fault: string): void {
    this.fault = fault
    this.#rest = []
    this.#kill('SIGKILL')
    this.onerror?.(new Error(fault))
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child?.stdin?.write(`${JSON.stringify(message)}\n`)
  }

  async close(): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      this.#kill('SIGKILL')
      return
    }
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.stdin?.end()
    const late = setTimeout(() => this.#kill('SIGKILL'), PATIENCE)
    await ended
    clearTimeout(late)
    this.#kill('SIGKILL')
  }

  /** The whole group: a runner such as npx has the server as its child. */
  #kill(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // It is gone already.
    }
  }
}
