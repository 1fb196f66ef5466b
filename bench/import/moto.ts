import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { IAMClient } from '@aws-sdk/client-iam'

const program = fileURLToPath(new URL('../../.cache/interop/moto/bin/moto_server', import.meta.url))

/** Whether `./reeve test --interop` has brought moto here. */
export const motoIsHere = (): boolean => existsSync(program)

/** A moto server of its own on a free port of this machine; give the process its end. */
export async function startMoto(): Promise<{ endpoint: string; server: ChildProcess }> {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  for (let tried = 0; tried < 120; tried++) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (answers) return { endpoint, server }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  server.kill()
  throw new Error('moto did not answer within a minute')
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** Roles with a trust policy, and with an inline policy each. */
export async function fillRoles(client: IAMClient, count: number): Promise<void> {
  const { CreateRoleCommand, PutRolePolicyCommand } = await import('@aws-sdk/client-iam')
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  // One after another: moto changes its lists without a lock.
  for (let n = 0; n < count; n++) {
    const RoleName = `role-${n}`
    const Principal = { Service: 'lambda.amazonaws.com' }
    await client.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }),
      }),
    )
    const Resource = [`arn:aws:s3:::team-${n % 100}/*`, `arn:aws:sqs:us-east-1:123456789012:queue-${n % 200}`]
    await client.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: 'own',
        PolicyDocument: document({ Effect: 'Allow', Action: ['s3:GetObject', 'sqs:SendMessage'], Resource }),
      }),
    )
  }
}
