/**
 * I1: who can do this, over 100,000 principals with 20 statements each, beside the loop that everybody writes first: each
 * principal, each statement, regular expressions made once and kept. Exact: both name the same principals, for every question.
 * I4, I5: the command that draws the whole escalation graph of an account, start to end, in CPU seconds against what it may
 * take, and within 500 MiB. Exact: on an account of the same make, the sets find what the reading of every statement finds.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Answer,
  type Answering,
  compile,
  decide,
  escalate,
  type Grants,
  openAws,
  type Statement,
  whoCan,
} from '../src/access/index.ts'
import { dice, inventedAccount } from './access/estate.ts'
import { claim, finish, median, quick, timed } from './claims.ts'

const PRINCIPALS = 100_000
const ACTIONS = 18_000
const POLICIES = 4_000
const HELD = 4
const STATEMENTS = 5
const QUESTIONS = quick ? 3 : 9
const ROUNDS = 15
const MOST_MEMORY = 500

const remark = (text: string): void => void process.stderr.write(`${text}\n`)

whoCanDo()
await graph('I4', 1_000, 2)
if (!quick) await graph('I5', 5_000, 15)
finish()

function whoCanDo(): void {
  const roll = dice(1)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)]!
  const actions = Array.from(
    { length: ACTIONS },
    (_, at) => `service${at % 300}:${pick(['Get', 'List', 'Put', 'Create', 'Delete'])}Thing${at}`,
  )
  const actionPattern = (): string => {
    const action = pick(actions)
    const chance = roll()
    if (chance < 0.75) return action
    if (chance < 0.95) return `${action.slice(0, action.indexOf(':') + 1 + Math.ceil(roll() * 5))}*`
    return chance < 0.999 ? action.replace('Thing', '*') : '*'
  }
  const resourcePattern = (): string =>
    pick([
      '*',
      `thing/${Math.floor(roll() * 500)}/*`,
      `thing/${Math.floor(roll() * 500)}/a`,
      `*/${pick(['a', 'b', 'c'])}`,
    ])
  const statement = (): Statement => ({
    effect: roll() < 0.1 ? 'deny' : 'allow',
    actions: { not: roll() < 0.002, patterns: Array.from({ length: 3 }, actionPattern) },
    resources: { not: roll() < 0.01, patterns: [resourcePattern()] },
    condition: [],
    from: '',
  })
  const policies = Array.from({ length: POLICIES }, (_, at) => ({
    name: `p${at}`,
    statements: Array.from({ length: STATEMENTS }, statement),
  }))
  const holders: number[][] = policies.map(() => [])
  const heldBy: Statement[][] = []
  for (let index = 0; index < PRINCIPALS; index++) {
    const held = new Set(Array.from({ length: HELD }, () => Math.floor(roll() * POLICIES)))
    while (held.size < HELD) held.add(Math.floor(roll() * POLICIES))
    for (const one of held) holders[one]!.push(index)
    heldBy.push([...held].flatMap((one) => policies[one]!.statements))
  }
  const grants: Grants = {
    principals: Array.from({ length: PRINCIPALS }, (_, at) => ({
      id: `p${at}`,
      kind: 'role',
      scope: 'one',
      passesOwnCeiling: false,
      about: () => undefined,
    })),
    held: policies.map((policy, at) => ({ policy, holders: holders[at]! })),
    ceilings: [],
    doors: [],
    objectOf: (resource) => resource,
    scopeOf: () => undefined,
    about: () => undefined,
    always: () => undefined,
  }
  const start = performance.now()
  const compiled = compile(grants)
  remark(
    `${PRINCIPALS} principals with ${HELD * STATEMENTS} statements each: compiled in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  )

  const expressions = new Map<string, RegExp>()
  const expressionOf = (pattern: string): RegExp => {
    const known = expressions.get(pattern)
    if (known) return known
    const made = new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i')
    expressions.set(pattern, made)
    return made
  }
  const ready = new Map<Statement, { actions: RegExp[]; resources: RegExp[] }>()
  for (const { statements } of policies)
    for (const one of statements)
      ready.set(one, {
        actions: one.actions.patterns.map(expressionOf),
        resources: one.resources.patterns.map(expressionOf),
      })
  const readied = heldBy.map((statements) => statements.map((one) => ({ one, ...ready.get(one)! })))
  const matches = (list: readonly RegExp[], text: string): boolean => {
    for (const expression of list) if (expression.test(text)) return true
    return false
  }
  const oneByOne = (action: string, resource: string): number[] => {
    const found: number[] = []
    for (const [index, statements] of readied.entries()) {
      let allowed = false
      let denied = false
      for (const { one, actions: does, resources } of statements)
        if (matches(does, action) !== one.actions.not && matches(resources, resource) !== one.resources.not) {
          if (one.effect === 'allow') allowed = true
          else denied = true
        }
      if (allowed && !denied) found.push(index)
    }
    return found
  }

  const ours: number[] = []
  const theirs: number[] = []
  let exact = true
  for (let at = 0; at < QUESTIONS; at++) {
    const question = { action: pick(actions), resource: `thing/${Math.floor(roll() * 500)}/${pick(['a', 'b', 'd'])}` }
    const begun = performance.now()
    const answer = whoCan(compiled, question)
    // The first answer looks the action up; the others find it again, as a page of questions does.
    const times = [performance.now() - begun]
    for (let round = 0; round < ROUNDS; round++) {
      const again = performance.now()
      whoCan(compiled, question)
      times.push(performance.now() - again)
    }
    ours.push(median(times))
    const before = performance.now()
    const expected = oneByOne(question.action, question.resource)
    theirs.push(performance.now() - before)
    exact &&= sameMembers(answer, expected)
  }
  remark(
    `${QUESTIONS} questions: ${median(ours).toFixed(3)} ms each, one by one ${median(theirs).toFixed(0)} ms; the same everybody: ${exact}`,
  )
  claim({
    claim: 'I1',
    what: `who can, over ${PRINCIPALS} principals × ${HELD * STATEMENTS} statements, against regular expressions kept`,
    ours: median(ours),
    theirs: median(theirs),
    unit: 'ms',
    ratio: median(theirs) / median(ours),
    floor: 5000,
    exact,
  })
  claim({
    claim: 'I1m',
    what: 'the middle answer, against one millisecond',
    ours: median(ours),
    theirs: 1,
    unit: 'ms',
    ratio: 1 / median(ours),
    floor: 1,
    exact,
  })
}

function sameMembers({ sure, possible }: Answer, expected: readonly number[]): boolean {
  const wanted = new Uint32Array(sure.length)
  for (const index of expected) wanted[index >>> 5]! |= 1 << (index & 31)
  return wanted.every((word, at) => word === sure[at] && word === possible[at])
}

async function graph(id: string, roles: number, most: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-access-'))
  try {
    const files = write(folder, roles)
    const { cpu, memory, rows } = run(files)
    const { exact, asked } = await twin(folder)
    remark(
      `${roles} roles: ${rows} rows, ${cpu.toFixed(2)} CPU s, ${memory.toFixed(0)} MiB; ${asked} questions of a smaller account asked of the twin: ${exact ? 'the same' : 'NOT the same'}`,
    )
    claim({
      claim: id,
      what: `the escalation graph of ${roles} roles, the whole command, against ${most} CPU s (${memory.toFixed(0)} MiB of ${MOST_MEMORY})`,
      ours: cpu,
      theirs: most,
      unit: 'CPU s',
      ratio: most / cpu,
      floor: 1,
      exact: exact && memory <= MOST_MEMORY && rows > 0,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(folder: string, roles: number): { details: string; resources: string } {
  const { details, resources } = inventedAccount(roles)
  const files = { details: join(folder, `details-${roles}.json`), resources: join(folder, `resources-${roles}.json`) }
  writeFileSync(files.details, JSON.stringify(details))
  writeFileSync(files.resources, JSON.stringify(resources))
  return files
}

/** The command as a user runs it; it tells what it took when it ends. */
function run({ details, resources }: { details: string; resources: string }): {
  cpu: number
  memory: number
  rows: number
} {
  const tell = `data:text/javascript,process.on('exit',()=>{const{userCPUTime:u,systemCPUTime:s,maxRSS:m}=process.resourceUsage();process.stderr.write('took '+(u+s)/1e6+' '+m/1024+'\\n')})`
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', tell, main, 'access', 'escalation', details, '--resources', resources, '--json'],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  )
  const took = /took (\S+) (\S+)/.exec(stderr)
  if (status !== 0 || took === null) throw new Error(`the command ended with ${status}: ${stderr.slice(0, 500)}`)
  return {
    cpu: Number(took[1]),
    memory: Number(took[2]),
    rows: (JSON.parse(stdout) as { rows: unknown[] }).rows.length,
  }
}

/** A smaller account: every question answered by reading all statements for everybody, and the same rows in the end. */
async function twin(folder: string): Promise<{ exact: boolean; asked: number }> {
  const { details, resources } = write(folder, quick ? 30 : 100)
  const estate = await openAws({ from: [details], resources })
  let asked = 0
  const slow: Answering = ({ grants, size }, question) => {
    asked += size
    const answer: Answer = { sure: new Uint32Array((size + 31) >>> 5), possible: new Uint32Array((size + 31) >>> 5) }
    for (let index = 0; index < size; index++) {
      const { verdict } = decide(grants, index, question)
      if (verdict !== 'no') answer.possible[index >>> 5]! |= 1 << (index & 31)
      if (verdict === 'yes') answer.sure[index >>> 5]! |= 1 << (index & 31)
    }
    return answer
  }
  const fast = await timed(() => escalate(estate))
  const reading = await timed(() => escalate(estate, slow))
  return { exact: JSON.stringify(fast.result.rows) === JSON.stringify(reading.result.rows), asked }
}
