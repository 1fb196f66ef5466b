import { Worker } from 'node:worker_threads'
import { type ScannedFile, Sensitive } from '../sdk/index.ts'
import type { Opening } from './inside/open.ts'
import type { Met } from './walk.ts'

/** A file's result as it goes between threads: values as text, for a moment. */
export type Carried = Omit<ScannedFile, 'detections'> & {
  detections: (Omit<ScannedFile['detections'][number], 'value'> & { value: string })[]
}

export const carry = ({ detections, ...file }: ScannedFile): Carried => ({
  ...file,
  detections: detections.map((one) => ({ ...one, value: one.value.reveal() })),
})

const received = ({ detections, ...file }: Carried): ScannedFile => ({
  ...file,
  detections: detections.map((one) => ({ ...one, value: new Sensitive(one.value) })),
})

/** What a thread is asked to scan; paths as latin1, since they may be no text. */
export type Asked = { path: string; file: string } | { skipped: string; file: string }

export interface Threads {
  /** The results of some files, in their order. */
  scan(files: readonly Met[]): Promise<ScannedFile[]>
  close(): Promise<void>
}

/** Threads with an engine each, that scan with Reeve's own detectors. */
export const openThreads = (count: number, opening: Opening | null): Threads => {
  type Job = { files: readonly Asked[]; done: (files: ScannedFile[]) => void; fail: (error: unknown) => void }
  const queue: Job[] = []
  const idle: ((job: Job) => void)[] = []
  let broken: unknown
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(new URL('scan-thread.ts', import.meta.url), {
      // Nothing of a file outlives it: more room for what is short-lived is only more memory.
      workerData: opening,
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    })
    let current: Job | undefined
    const take = (job: Job): void => {
      current = job
      worker.postMessage(job.files)
    }
    const next = (): void => {
      current = undefined
      const job = queue.shift()
      if (job === undefined) idle.push(take)
      else take(job)
    }
    worker.on('message', (files: Carried[]) => {
      current?.done(files.map(received))
      next()
    })
    worker.on('error', (error) => {
      broken = error
      for (const job of [...(current === undefined ? [] : [current]), ...queue.splice(0)]) job.fail(error)
    })
    next()
    return worker
  })
  return {
    scan: (files) =>
      new Promise((done, fail) => {
        const asked = files.map((met) => ('skipped' in met ? met : { path: met.at.toString('latin1'), file: met.file }))
        const job = { files: asked, done, fail }
        if (broken !== undefined) fail(broken)
        else if (idle.length > 0) idle.pop()!(job)
        else queue.push(job)
      }),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
