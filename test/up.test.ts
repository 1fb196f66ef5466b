import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reeve, type Session, scratch, signIn, type Up, until, up } from './reeve/command.ts'
import { accessKey, type Planted, plantedRepository } from './reeve/planted.ts'

interface Row {
  id: string
  says: string
  state: string
  rule: string
}
interface Run {
  connection: string
  state: string
}

const key = accessKey('up')
const WIDE =
  'on: push\npermissions: write-all\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n'
const NARROW = WIDE.replace('permissions: write-all', 'permissions: { contents: read }')

let place: ReturnType<typeof scratch>
let data: string
let repository: Planted
let server: Up
let session: Session

const command = (...args: string[]) => reeve(args, { cwd: repository.folder, env: { REEVE_DATA: data } })
const ended = (runs: Run[]) => runs.length > 0 && runs.every((run) => !['waiting', 'running'].includes(run.state))
const findings = async (q = ''): Promise<Row[]> => {
  const page = await session.get<{ groups: { findings: Row[] }[] }>(`/v1/findings?by=rule&q=${encodeURIComponent(q)}`)
  return page.groups.flatMap((group) => group.findings)
}
const connectionOf = async (provider: string): Promise<string> => {
  const page = await session.get<{ rows: { connection: string; provider: string }[] }>('/v1/connections')
  return page.rows.find((row) => row.provider === provider)!.connection
}

beforeAll(async () => {
  place = scratch()
  data = join(place.folder, 'data')
  repository = plantedRepository(join(place.folder, 'shop'))
  repository.write('deploy.py', `aws_access_key_id = "${key.id}"\naws_secret_access_key = "${key.secret}"\n`)
  repository.write('.github/workflows/build.yml', WIDE)
  repository.commit('Everything at once')
  server = await up(data, repository.folder)
})
afterAll(async () => {
  await server?.end('SIGKILL')
  place.remove()
})

describe('from nothing to a finding', () => {
  test('the first start gives a one-time link, which works once', async () => {
    expect(server.link).toMatch(/\/sign-in#link_/)
    session = await signIn(server.address, server.link!)
    await expect(signIn(server.address, server.link!)).rejects.toThrow(/session\/link/)
  })

  test('this host and the repository it stands in are read without being asked', async () => {
    const { rows } = await until(
      () => session.get<{ rows: { provider: string; state: string; lastRead: string | null }[] }>('/v1/connections'),
      (page) => page.rows.length >= 5 && page.rows.every((row) => row.lastRead !== null && row.state !== 'running'),
    )
    expect(rows.map((row) => row.provider).sort()).toEqual(['git', 'host', 'mcp', 'mcp', 'self'])
  })

  test('the planted key is among the findings, and five things to know are not empty', async () => {
    const [leak] = await until(
      () => findings('rule:git-secret-in-code severity:critical'),
      (rows) => rows.length > 0,
    )
    expect(leak!.says).toContain('deploy.py')
    const overview = await session.get<{ things: { says: string }[] }>('/v1/overview')
    expect(overview.things.length).toBeGreaterThan(0)
  })

  test('a pasted key id opens one card', async () => {
    const found = await session.get<{ recognised: string; hits: { exact: boolean; entity: { key: string } }[] }>(
      `/v1/find?q=${key.id}`,
    )
    expect(found.hits[0]).toMatchObject({ exact: true })
    const { status, out } = await command('show', key.id, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(out).entity.key).toBe(found.hits[0]!.entity.key)
  })

  test('the value of the key is in no answer', async () => {
    for (const path of [
      '/v1/findings.json',
      `/v1/find?q=${key.id}`,
      '/v1/overview',
      '/v1/entities?kind=secret',
      '/v1/audit',
    ]) {
      expect(JSON.stringify(await session.get(path))).not.toContain(key.secret)
    }
  })

  test('the data folder is its owner’s alone', () => {
    expect(statSync(join(data, 'key')).mode & 0o077).toBe(0)
    expect(statSync(join(data, 'server.json')).mode & 0o077).toBe(0)
  })
})

describe('the life of a finding', () => {
  const RULE = 'rule:git-workflow-token-wide'

  test('it is muted until a date, and opens again when that is taken back', async () => {
    const [open] = await until(
      () => findings(RULE),
      (rows) => rows.length > 0,
    )
    const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString()
    const muted = await session.send('POST', `/v1/findings/${open!.id}/mute`, {
      until: inAWeek,
      reason: 'the release is on Friday',
    })
    expect(muted.status).toBe(200)
    expect(await findings(RULE)).toEqual([])
    const tooLong = await session.send('POST', `/v1/findings/${open!.id}/mute`, {
      until: new Date(Date.now() + 91 * 86_400_000).toISOString(),
      reason: 'for ever',
    })
    expect(tooLong.status).toBeGreaterThanOrEqual(400)
    expect((await session.send('POST', `/v1/findings/${open!.id}/reopen`)).status).toBe(200)
    expect((await findings(RULE)).map((row) => row.id)).toEqual([open!.id])
  })

  test('it closes by itself when its cause is gone, with the evidence, and opens again when it comes back', async () => {
    const [open] = await findings(RULE)
    repository.write('.github/workflows/build.yml', NARROW)
    repository.commit('Ask for less')
    expect((await command('sync', await connectionOf('git'))).status).toBe(0)
    await until(
      () => findings(RULE),
      (rows) => rows.length === 0,
    )
    const page = await session.get<Record<string, unknown>>(`/v1/findings/${open!.id}`)
    expect(JSON.stringify(page)).toMatch(/resolved/)

    repository.write('.github/workflows/build.yml', WIDE)
    repository.commit('Ask for all again')
    await command('sync', await connectionOf('git'))
    const again = await until(
      () => findings(RULE),
      (rows) => rows.length > 0,
    )
    expect(again.map((row) => row.id)).toEqual([open!.id])
  })
})

describe('an installation', () => {
  test('a second one on the same data folder is refused, and says who has it', async () => {
    const { status, err } = await reeve(['up', '--port', '0', '--data', data], { cwd: place.folder })
    expect(status).toBe(3)
    expect(err).toContain('store/in-use')
    expect(err).toContain(String(server.pid))
  })

  test('a start on a port that is taken ends, says so and leaves its folder free', async () => {
    const folder = join(place.folder, 'on-a-taken-port')
    const taken = new URL(server.address).port
    const { status, err } = await reeve(['up', '--port', taken, '--data', folder], { cwd: place.folder })
    expect(status).toBe(3)
    expect(err).toContain(taken)
    expect(existsSync(join(folder, 'server.json'))).toBe(false)
    const next = await up(folder, place.folder)
    expect(await next.end('SIGTERM')).toBe(0)
  })

  test('the trail is whole', async () => {
    const { status, out } = await command('audit', 'verify', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true })
  })

  test('kill -9 loses nothing that was said, and the next start serves', async () => {
    const before = (await findings()).map((row) => row.id).sort()
    await server.end('SIGKILL')
    server = await up(data, repository.folder)
    expect(server.link).toBeNull()
    const { out } = await command('admin-link')
    session = await signIn(server.address, out.trim().replace(/^http:\/\/[^/]+/, server.address))
    expect((await findings()).map((row) => row.id).sort()).toEqual(before)
  })

  test('a backup, restored into an empty folder, is the same installation', async () => {
    const file = join(place.folder, 'reeve.backup')
    const secret = join(place.folder, 'passphrase')
    await import('node:fs/promises').then(({ writeFile }) => writeFile(secret, 'correct horse battery staple'))
    expect((await command('backup', file, '--passphrase-file', secret)).status).toBe(0)
    const elsewhere = join(place.folder, 'elsewhere')
    const restored = await reeve(['restore', file, '--passphrase-file', secret], {
      cwd: place.folder,
      env: { REEVE_DATA: elsewhere },
    })
    expect(restored, restored.err).toMatchObject({ status: 0 })
    const listed = (folder: string) => reeve(['findings', '--json'], { cwd: place.folder, env: { REEVE_DATA: folder } })
    const ids = (out: string) =>
      (JSON.parse(out) as { findings: { id: string }[] }).findings.map((one) => one.id).sort()
    expect(ids((await listed(elsewhere)).out)).toEqual(ids((await listed(data)).out))
  })

  test('the posture report of the same estate is the same bytes', async () => {
    const [first, second] = [join(place.folder, 'a.html'), join(place.folder, 'b.html')]
    expect((await command('report', first)).status).toBe(0)
    expect((await command('report', second)).status).toBe(0)
    const { readFile } = await import('node:fs/promises')
    expect(await readFile(first)).toEqual(await readFile(second))
  })

  test('SIGTERM ends it cleanly', async () => {
    expect(await server.end('SIGTERM')).toBe(0)
    expect(existsSync(join(data, 'server.json'))).toBe(false)
  })

  test('commands work without a server', async () => {
    const { status, out } = await command('connections', '--json')
    expect([0, 4]).toContain(status)
    const rows: Run[] = JSON.parse(out).rows
    expect(rows.length).toBeGreaterThanOrEqual(3)
    expect(ended(rows)).toBe(true)
  })
})
