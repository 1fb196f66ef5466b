import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { ReeveError } from '../sdk/index.ts'
import type { App } from './app.ts'
import { problemOf, TITLES } from './problem.ts'
import type { Route } from './route.ts'
import { allowed } from './server.ts'

/** Where files are: an address below a page may end in anything, since keys do. */
const FILE = /^\/(?:assets\/.*|[^/]*\.\w{1,5})$/
const API = /^\/(v1|access\/v1|\.well-known|healthz|readyz|metrics|openapi\.json)(\/|$|\?)/

/** The console's files, and its index.html for each address that is one of its pages; unknown API addresses are problems. */
export async function serveConsole(fastify: FastifyInstance, app: App, list: readonly Route[]): Promise<void> {
  const folder = app.consoleFolder
  const built = folder !== undefined && existsSync(join(folder, 'index.html'))
  if (built) {
    await fastify.register(fastifyStatic, {
      root: folder,
      preCompressed: true,
      cacheControl: false,
      index: ['index.html'],
      // Hashed names never change their content; everything else is asked for anew.
      setHeaders: (response, path) => {
        response.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  const known = [...Map.groupBy(list, (one) => one.path)].map(([path, group]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
    allow: allowed(group),
  }))
  fastify.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const there = known.find(({ pattern }) => pattern.test(path))
    const page = (request.method === 'GET' || request.method === 'HEAD') && !API.test(request.url) && !FILE.test(path)
    if (built && page) return reply.code(200).header('cache-control', 'no-cache').sendFile('index.html')
    if (there) reply.header('allow', there.allow)
    const error = there
      ? new ReeveError('http/method', `${path} takes ${there.allow}`)
      : new ReeveError(
          'http/not-found',
          page
            ? 'the console is not built here: run `npm run build` in ui/, or start with ./reeve up'
            : `${TITLES[404]!.toLowerCase()}; the addresses are in /openapi.json`,
        )
    const problem = problemOf(error, path, request.id)
    return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem))
  })
}
