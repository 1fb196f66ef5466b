import { Option } from 'commander'
import { type Finding, Severity } from '../sdk/index.ts'

/** `--fail-on`, the same for every command that has it: a word that is no severity is refused. */
export const failOn = (): Option =>
  new Option('--fail-on <severity>', 'end with status 1 when something this bad or worse is found').choices(
    Severity.options,
  )

/** Does it close the gate? An unknown verdict never does. */
export const counts = (finding: Pick<Finding, 'verdict' | 'severity'>, threshold: Severity): boolean =>
  finding.verdict === 'fail' && Severity.options.indexOf(finding.severity) <= Severity.options.indexOf(threshold)
