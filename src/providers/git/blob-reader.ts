import { ReeveError } from '../../sdk/index.ts'
import { type GitPlace, startGit } from './run-git.ts'

export interface BlobReader {
  read(id: string): Promise<Buffer>
  close(): void
}

/** Blobs of a repository by id, one git process for all of them. Starts it at the first read and again after it died. */
export function openBlobReader(place: GitPlace): BlobReader {
  type Waiting = { id: string; resolve: (bytes: Buffer) => void; reject: (error: Error) => void }
  let child: ReturnType<typeof startGit> | undefined
  const waiting: Waiting[] = []
  let chunks: Buffer[] = []
  let have = 0
  let need = 0
  let header: { bytes: number } | undefined

  const end = (why: string) => {
    child = undefined
    chunks = []
    have = need = 0
    header = undefined
    for (const { id, reject } of waiting.splice(0)) reject(new ReeveError('git/blob', `reading blob ${id}: ${why}`))
  }

  const take = (bytes: Buffer) => {
    chunks.push(bytes)
    have += bytes.length
    if (have < need) return
    let buffer = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    for (;;) {
      if (!header) {
        const newline = buffer.indexOf(10)
        if (newline < 0) break
        const line = buffer.subarray(0, newline).toString('latin1')
        buffer = buffer.subarray(newline + 1)
        const match = /^[0-9a-f]+ blob (\d+)$/.exec(line)
        if (match) header = { bytes: Number(match[1]) }
        else waiting.shift()?.reject(new ReeveError('git/blob', `reading a blob: ${line}`))
        continue
      }
      if (buffer.length < header.bytes + 1) break
      waiting.shift()?.resolve(Buffer.from(buffer.subarray(0, header.bytes)))
      buffer = buffer.subarray(header.bytes + 1)
      header = undefined
    }
    chunks = buffer.length > 0 ? [buffer] : []
    have = buffer.length
    need = header ? header.bytes + 1 : 0
  }

  const start = () => {
    const started = startGit(place, ['cat-file', '--batch'], { timeout: 3_600_000 })
    started.stdin?.on('error', () => {})
    started.stdout?.on('data', take)
    started.stderr?.resume()
    started.on('error', (error) => started === child && end(error.message))
    started.on('close', () => started === child && end('git ended'))
    return started
  }

  return {
    read: (id) =>
      new Promise((resolve, reject) => {
        child ??= start()
        waiting.push({ id, resolve, reject })
        child.stdin?.write(`${id}\n`)
      }),
    close: () => {
      const last = child
      end('the connection was closed')
      last?.kill('SIGKILL')
    },
  }
}
