import { parentPort, workerData } from 'node:worker_threads'
import { kyselyOver, openPool, type Told } from '../platform/index.ts'
import { PastDatabase } from '../read/index.ts'
import { codeOf, messageOf } from '../sdk/index.ts'
import { answers } from './access-answers.ts'
import type { Asked } from './access-desk.ts'
import { Worlds } from './access-worlds.ts'

const { url } = workerData as { url: string }
const db = kyselyOver(openPool(url, { max: 2, idleTimeoutMillis: 5_000 }))
const worlds = new Worlds(db, new PastDatabase(url))

parentPort!.on('message', async ({ number, name, input, now, asOf }: Asked & { number: number }) => {
  const told: Told = await worlds
    .at(asOf, now)
    .then((world) => (answers[name] as (...given: unknown[]) => unknown)(world, input))
    .then(
      (answer) => ({ number, answer }),
      (error: unknown) => ({ number, code: codeOf(error), message: messageOf(error) }),
    )
  parentPort!.postMessage(told)
})
