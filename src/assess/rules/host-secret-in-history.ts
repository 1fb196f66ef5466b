import { defineRule, fail, notApplicable } from '../../sdk/index.ts'
import { evidenceOf, whatOf } from './host-place.ts'

const SECRET = 'host:web-1/file/root/.bash_history#0123456789abcdef'
const secret = (line: number | null) => ({
  kind: 'secret' as const,
  type: 'host_history_secret',
  key: SECRET,
  name: 'password of mysql -p in /root/.bash_history on web-1',
  attributes: {
    file: '/root/.bash_history',
    ...(line !== null && { line }),
    title: 'password of mysql -p',
    detector: 'command-line',
    provider: 'generic',
    redacted: '****',
    owner: 'root',
    severity: line === null ? 'info' : 'high',
  },
})

export const hostSecretInHistory = defineRule({
  id: 'host-secret-in-history',
  title: 'A shell history keeps a secret',
  owasp: ['NHI2'],
  severity: 'medium',
  why: 'A history is the first file that is read after a break-in, it is in every backup of the home, and nobody remembers that it is there.',
  fix: [
    'Delete the line: history -d, or an editor on the file.',
    'Replace the secret.',
    'Set HISTCONTROL=ignorespace and begin such commands with a blank.',
  ],
  undo: 'The line need not come back; keep a copy of the file if it is evidence.',
  effort: 10,
  about: { kind: 'secret', types: ['host_history_secret'] },
  check({ entity }) {
    const { file, owner, severity } = entity.attributes
    if (severity === 'info') return notApplicable('what was found is not a secret by itself')
    return fail(`${file} keeps ${whatOf(entity)}.`, [`It is the history of ${owner}.`], evidenceOf(entity))
  },
  cases: [
    { name: 'mysql -p with a password', subject: SECRET, entities: [secret(12)], expect: 'fail' },
    { name: 'a finding for information only', subject: SECRET, entities: [secret(null)], expect: 'not-applicable' },
  ],
})
