import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Says why each test was skipped, and closes with the one line that scripts read. */
export class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const by = (state: string): TestCase[] => tests.filter((test) => test.result().state === state)
    // A file that cannot be loaded has no tests to fail, and must not pass for it.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && [...module.children.allTests('failed')].length === 0,
    )

    const reasons = new Map<string, number>()
    for (const test of by('skipped')) {
      const result = test.result()
      const reason =
        (result.state === 'skipped' && result.note) ||
        'it needs what is not here: root, or a program that the lines above name'
      const line = `${test.module.relativeModuleId}: ${reason}`
      reasons.set(line, (reasons.get(line) ?? 0) + 1)
    }
    for (const [line, count] of reasons) process.stdout.write(`skipped ${count} in ${line}\n`)
    for (const module of broken) process.stdout.write(`failed: ${module.relativeModuleId} as a whole\n`)
    const failed = by('failed').length + broken.length + unhandled.length
    process.stdout.write(`${by('passed').length} passed, ${failed} failed, ${by('skipped').length} skipped\n`)
  }
}

export { Tally as default }
