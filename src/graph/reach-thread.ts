import { parentPort } from 'node:worker_threads'
import { codeOf, messageOf } from '../sdk/index.ts'
import { type Graph, layerOf, type RawEdges } from './csr.ts'
import { type Questions, questions } from './reach-questions.ts'

/** Graphs lie in shared memory: to send one is to say where it is. */
export type Asked =
  | { number: number; build: { nodes: number; edges: RawEdges } }
  | { number: number; graph: Graph; question: keyof Questions; asked: unknown }
export type Told = { number: number } & ({ answer: unknown } | { code: string; message: string })

parentPort!.on('message', (message: Asked) => parentPort!.postMessage(told(message)))

function told(message: Asked): Told {
  const { number } = message
  try {
    if ('build' in message) return { number, answer: layerOf(message.build.nodes, message.build.edges) }
    const question = questions[message.question] as (graph: Graph, asked: unknown) => unknown
    return { number, answer: question(message.graph, message.asked) }
  } catch (error) {
    return { number, code: codeOf(error), message: messageOf(error) }
  }
}
