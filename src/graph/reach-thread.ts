import { parentPort } from 'node:worker_threads'
import type { Told } from '../platform/index.ts'
import { codeOf, messageOf } from '../sdk/index.ts'
import { type Graph, layerOf, type RawEdges } from './csr.ts'
import { type Questions, questions } from './reach-questions.ts'

/** Graphs lie in shared memory: to send one is to say where it is. */
export type Asked =
  | { build: { nodes: number; edges: RawEdges } }
  | { graph: Graph; question: keyof Questions; asked: unknown }

parentPort!.on('message', (message: Asked & { number: number }) => parentPort!.postMessage(told(message)))

function told(message: Asked & { number: number }): Told {
  const { number } = message
  try {
    if ('build' in message) return { number, answer: layerOf(message.build.nodes, message.build.edges) }
    const question = questions[message.question] as (graph: Graph, asked: unknown) => unknown
    return { number, answer: question(message.graph, message.asked) }
  } catch (error) {
    return { number, code: codeOf(error), message: messageOf(error) }
  }
}
