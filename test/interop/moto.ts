import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { environment, run } from './python.ts'

export interface Moto {
  endpoint: string
  /** Of a user that holds the policy of the file, and nothing else. */
  seeded: { id: string; secret: string; member: string; policy: string }
  /** From now on every request is checked against the policies of who asks; `inf` for none. */
  enforce(after: '0' | 'inf'): Promise<unknown>
  stop(): void
}

/** moto over HTTP with one of each thing that Reeve reads, or why it cannot be had. */
export async function startMoto(policyFile: string): Promise<Moto | { missing: string }> {
  const moto = await environment('moto', ['moto[server]==5.2.5'])
  if ('missing' in moto) return moto
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const server = spawn(moto.tool('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
  })
  const answers = () =>
    fetch(`${endpoint}/moto-api/`).then(
      (answer) => answer.ok,
      () => false,
    )
  for (let tried = 0; !(await answers()) && tried < 180; tried++)
    await new Promise((resolve) => setTimeout(resolve, 500))
  const estate = fileURLToPath(new URL('aws_estate.py', import.meta.url))
  const { status, out, err } = await run(moto.tool('python'), ['-I', estate, endpoint, policyFile])
  if (status !== 0) {
    server.kill()
    throw new Error(`moto could not be filled: ${err}`)
  }
  return {
    endpoint,
    seeded: JSON.parse(out),
    enforce: (after) =>
      fetch(`${endpoint}/moto-api/reset-auth`, {
        method: 'POST',
        body: after,
        headers: { 'content-type': 'text/plain' },
      }),
    stop: () => server.kill(),
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
