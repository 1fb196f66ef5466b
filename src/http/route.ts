import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { Serving } from './app.ts'
import type { Caller, Can } from './may.ts'

type Shape = z.ZodType | undefined
type Out<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined

export interface Asked<P extends Shape, Q extends Shape, B extends Shape> {
  app: Serving
  /** Who asks; routes for `anyone` get null. */
  caller: Caller
  params: Out<P>
  query: Out<Q>
  body: Out<B>
  /** Where the caller is: an address. */
  from: string
  /** Aborts when the caller goes away. */
  signal: AbortSignal
  reply: FastifyReply
}

/** One address with one method. `answers` is what it says on success; nothing outside that schema leaves the server. */
export interface Route<P extends Shape = any, Q extends Shape = any, B extends Shape = any, A extends Shape = any> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/v1/entities/{key}`. */
  path: string
  can: Can
  /** One sentence, for the reference. */
  says: string
  params?: P
  query?: Q
  body?: B
  answers?: A
  /** 200 with `answers`, else 204, unless said. */
  status?: 200 | 201 | 202 | 204
  /** The media type of an answer that is a stream or text and not JSON. */
  streams?: string
  /** The media type of a body that is a stream and not JSON; `body` is then of a `Readable`. */
  takes?: string
  /** A standard whose callers know one status for every request that cannot be read, and expect their own request ids back. */
  dialect?: 'authzen'
  /** Bytes the body may have. */
  bodyLimit?: number
  handle(
    asked: Asked<P, Q, B>,
  ): Promise<A extends z.ZodType ? z.input<A> : unknown> | (A extends z.ZodType ? z.input<A> : unknown)
}

/** Keeps a literal's types while it is checked against the promise. */
export const route = <
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends Shape = undefined,
  A extends Shape = undefined,
>(
  definition: Route<P, Q, B, A>,
): Route => definition as Route

export const statusOn = (one: Route): number => one.status ?? (one.answers || one.streams ? 200 : 204)
