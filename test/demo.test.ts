import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main, type Ran, reeve, type Session, scratch, signIn, type Up, up } from './reeve/command.ts'

let place: ReturnType<typeof scratch>
let data: string
let server: Up
let session: Session

const command = (...args: string[]): Promise<Ran> => reeve(args, { cwd: place.folder, env: { REEVE_DATA: data } })

beforeAll(async () => {
  place = scratch()
  data = join(place.folder, 'data')
  server = await up(data, place.folder, {}, '--demo')
  session = await signIn(server.address, server.link!)
})
afterAll(async () => {
  await server?.end('SIGKILL')
  place.remove()
})

test('up --demo shows Larkfield at once, reads nothing that stands nearby, and says that it is invented', async () => {
  const { demo } = await session.get<{ demo: { loading: boolean; moments: number } }>('/v1/frame')
  expect(demo).toMatchObject({ loading: true, moments: 12 })
  const { rows } = await session.get<{ rows: { provider: string }[] }>('/v1/connections')
  expect(rows.map(({ provider }) => provider).filter((id) => id !== 'self' && !id.startsWith('demo-'))).toEqual([])
})

test('connecting something real beside it is refused, with what to do', async () => {
  const ran = await command('connect', 'git', '--set', `path=${place.folder}`)
  expect([ran.status, ran.err]).toEqual([3, expect.stringMatching(/demo\/invented/)])
  expect(ran.err).toMatch(/reeve demo --remove/)
})

test('what is true is printed as JSON, of what is here and of what is asked for', async () => {
  const here = JSON.parse((await command('demo', '--labels', '--json')).out)
  expect([here.size, here.identities.filter(({ machine }: { machine: boolean }) => machine).length]).toEqual([300, 300])
  const asked = JSON.parse((await command('demo', '--labels', '--size', '120', '--seed', '9')).out)
  expect([asked.size, asked.seed]).toEqual([120, 9])
  const wrong = await command('demo', '--labels', '--size', '7')
  expect([wrong.status, wrong.err]).toEqual([2, expect.stringMatching(/120 to 200000/)])
})

test('it is killed on the way, goes on at the next start, and is removed whole', async () => {
  await server.end('SIGKILL')
  server = await up(data, place.folder)
  session = await signIn(server.address, (await command('admin-link')).out.trim())
  const { demo } = await session.get<{ demo: { size: number } | null }>('/v1/demo')
  expect(demo).toMatchObject({ size: 300 })
  const removed = await command('demo', '--remove')
  expect([removed.status, removed.out]).toEqual([0, expect.stringMatching(/Larkfield is removed/)])
  const frame = await session.get<{ demo: null; firstRun: boolean; identities: number }>('/v1/frame')
  expect(frame).toMatchObject({ demo: null, firstRun: true, identities: 0 })
  const again = await command('demo', '--remove')
  expect([again.status, again.err]).toEqual([3, expect.stringMatching(/demo\/none/)])
})

test('output that nobody reads to its end is no fault', () => {
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', `"${process.execPath}" "${main}" demo --labels --size 3000 --json | head -c 1`],
    {
      encoding: 'utf8',
    },
  )
  expect([stdout, stderr]).toEqual(['{', ''])
})
