import { execFile } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Reeve } from '../src/cli/reeve.ts'
import { addScan } from '../src/cli/scan.ts'
import { main, reeve, scratch } from './reeve/command.ts'
import { accessKey, type Planted, plantedRepository } from './reeve/planted.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Action {
  inputs: Record<string, { default: string; description: string }>
  outputs: Record<string, { value: string }>
  runs: { using: string; steps: { id: string; env: Record<string, string>; run: string; uses?: string }[] }
}
interface Hook {
  id: string
  entry: string
  language: string
  pass_filenames: boolean
}
const action = parse(read('action.yml')) as Action
const [hook] = parse(read('.pre-commit-hooks.yaml')) as [Hook]

let place: ReturnType<typeof scratch>
let repository: Planted
const key = accessKey('definitions')

beforeEach(() => {
  place = scratch()
  repository = plantedRepository(join(place.folder, 'shop'))
  repository.write('README.md', '# Shop\n')
  repository.commit('begin')
})
afterEach(() => place.remove())

const plant = (): void =>
  repository.write('app.env', `AWS_ACCESS_KEY_ID=${key.id}\nAWS_SECRET_ACCESS_KEY=${key.secret}\n`)

/** Options of `reeve scan`, with those of every command. */
function options(): Set<string> {
  const program = new Command()
  addScan(program, {} as Reeve)
  const [scan] = program.commands
  return new Set([...scan!.options.map((one) => one.long!), '--json', '--quiet', '--no-color'])
}

test('every option in the action, in the hook and in the page on pipelines is one of the command', () => {
  const known = options()
  const lines = read('docs/scan-in-ci.md').match(/reeve scan[^`#\n]*/g) ?? []
  expect(lines.length).toBeGreaterThan(4)
  const texts = [action.runs.steps[0]!.run, hook.entry, ...lines]
  const used = texts.flatMap((text) => text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [])
  expect(used.length).toBeGreaterThan(10)
  expect(used.filter((one) => !known.has(one))).toEqual([])
})

test('the action is one step of its own, which gets each input as a variable and uses nobody’s action', () => {
  const [step, ...more] = action.runs.steps
  expect(more).toEqual([])
  expect(step!.uses).toBeUndefined()
  expect(step!.run).not.toContain('${{')
  const given = Object.values(step!.env).map((text) => /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(text)?.[1])
  expect(given.toSorted()).toEqual(Object.keys(action.inputs).toSorted())
  for (const name of Object.keys(step!.env)) expect(step!.run).toContain(`$${name}`)
  for (const [name, { value }] of Object.entries(action.outputs)) {
    expect(value).toBe(`\${{ steps.${step!.id}.outputs.${name} }}`)
    expect(step!.run).toContain(`'${name}=%s`)
  }
})

/** Runs the action's step as a runner would, with a launcher that starts this checkout. */
function act(inputs: Record<string, string> = {}): Promise<{ status: number; outputs: string }> {
  const tool = join(place.folder, 'action')
  mkdirSync(tool, { recursive: true })
  writeFileSync(join(tool, 'reeve'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(join(tool, 'reeve'), 0o755)
  const file = join(place.folder, 'outputs')
  writeFileSync(file, '')
  const [step] = action.runs.steps
  const env = Object.fromEntries(
    Object.entries(step!.env).map(([name, text]) => {
      const input = /inputs\.([a-z-]+)/.exec(text)![1]!
      return [name, inputs[input] ?? action.inputs[input]!.default]
    }),
  )
  return new Promise((resolve) => {
    const more = { PATH: process.env['PATH'] ?? '', HOME: place.folder, GITHUB_ACTION_PATH: tool, GITHUB_OUTPUT: file }
    const data = { REEVE_DATA: join(place.folder, 'data') }
    const options = { cwd: repository.folder, env: { ...env, ...more, ...data } }
    execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step!.run], options, (error) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, outputs: readFileSync(file, 'utf8') }),
    )
  })
}

test('the action passes without a key, fails with one, and names the SARIF file with one result', async () => {
  expect(await act()).toEqual({ status: 0, outputs: 'sarif=reeve.sarif\nstatus=0\n' })
  plant()
  repository.commit('Add settings')
  const only = { only: 'secrets', history: 'true' }
  expect(await act(only)).toEqual({ status: 1, outputs: 'sarif=reeve.sarif\nstatus=1\n' })
  const sarif = join(repository.folder, 'reeve.sarif')
  expect(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results).toHaveLength(1)
  // The second run on the same commit, with what the first wrote as the baseline.
  expect((await act({ ...only, baseline: 'reeve.sarif', sarif: 'again.sarif' })).status).toBe(0)
})

test('an input is never run', async () => {
  const mark = join(place.folder, 'mark')
  const { status } = await act({ path: `$(touch ${mark})`, baseline: '"; touch ../mark; "' })
  expect(status).toBe(2)
  expect(() => accessSync(mark)).toThrow()
})

test('the pre-commit hook stops a commit with a key in it, and lets one without pass', async () => {
  const [program, ...args] = hook.entry.split(' ')
  expect(hook).toMatchObject({ language: 'script', pass_filenames: false })
  accessSync(join(root, program!), constants.X_OK)
  const run = () => reeve(args, { cwd: repository.folder, env: { REEVE_DATA: join(place.folder, 'data') } })
  plant()
  expect((await run()).status).toBe(0)
  repository.git('add', 'app.env')
  const { status, out } = await run()
  expect(status).toBe(1)
  expect(out).toContain('app.env')
  expect(out).not.toContain(key.secret)
})
