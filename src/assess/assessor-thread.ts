import { parentPort, workerData } from 'node:worker_threads'
import { kyselyOver, openPool } from '../platform/index.ts'
import { codeOf, messageOf } from '../sdk/index.ts'
import type { Asked, Told } from './assessor.ts'
import { judgeEstate } from './judge-estate.ts'

const db = kyselyOver(openPool((workerData as { url: string }).url, { max: 2, idleTimeoutMillis: 5_000 }))

parentPort!.on('message', async ({ number, now, run }: Asked) => {
  const told: Told = await judgeEstate(db, { now, ...(run !== undefined && { run }) }).then(
    (stored) => ({ number, stored }),
    (error: unknown) => ({ number, code: codeOf(error), message: messageOf(error) }),
  )
  parentPort!.postMessage(told)
})
