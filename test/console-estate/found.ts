import type * as read from '../../src/read/index.ts'
import { FIXES, finding, SAYS, SEVERITIES } from './findings.ts'
import { ago, HOSTILE, person, ref } from './rows.ts'

export const rules: read.RulePage[] = [0, 1, 2].map((i) => ({
  rule: {
    id: finding(i).rule,
    title: [
      'A live secret stands in a public repository',
      'A service account may become root without a password',
      'An application owns the tables it uses',
    ][i]!,
    severity: SEVERITIES[i]!,
    owasp: finding(i).owasp,
    about: { kind: 'identity', types: i === 0 ? null : ['linux_user'] },
    mine: false,
    enabled: i !== 2,
    judged: i !== 2,
    open: 2 - i,
    unknown: i,
  },
  why: 'Whoever becomes that account becomes root.',
  fix: [FIXES[i]!],
  undo: 'Put the line back.',
  effort: 10,
  needs: ['sudo_rule'],
  params: {
    type: 'object',
    properties: { days: { type: 'integer', minimum: 1, default: 90, description: 'Days without use' } },
  },
  settings: i === 1 ? { days: 45 } : null,
  changed: i === 1 ? { by: 'Noor Easton', at: ago(4) } : null,
  verdicts: i === 2 ? null : { pass: 120, notApplicable: 31 },
  source: null,
  expression: null,
  cases: [
    { name: 'a rule for one command', expect: 'pass' },
    { name: 'a rule for all commands', expect: 'fail' },
    { name: 'sudoers not read', expect: 'unknown' },
  ],
}))

export const find = (q: string): read.Found => {
  const hits: read.Hit[] = /ci-dep|AKIA|backup/.test(q)
    ? [
        {
          entity: ref('host:ops-02/identity/ci-deployer', 'identity', 'linux_user', 'ci-deployer'),
          exact: q.startsWith('AKIA'),
          by: 'alias',
          mark: 'critical',
          owner: null,
          preview: {
            lastUsed: { value: ago(0.002) },
            lastUsedBy: { value: 'deploy.yml' },
            dependents: 3,
            reached: { value: 42 },
            copies: 4,
            rotate: { answer: 'with-care', reason: 'One of three consumers has it in a file.' },
          },
        },
        {
          entity: ref('host:old', 'identity', 'linux_user', HOSTILE, ago(52)),
          exact: false,
          by: 'name',
          mark: 'not-judged',
          owner: person(0),
          preview: null,
        },
      ]
    : []
  return {
    recognised: q.startsWith('AKIA') ? 'AWS access key id' : null,
    secret: false,
    hits,
    findings: hits.length > 0 ? [{ id: 'F-1040', says: SAYS[0]!, mark: 'critical' }] : [],
    unread: ['One region and three repositories were not read.'],
  }
}
