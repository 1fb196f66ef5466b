import { defineRule, fail, pass, type Severity, unknown } from '../../sdk/index.ts'
import { evidenceOf, whatOf } from './host-place.ts'

const FILE = 'host:web-1/file/opt/app/.env#0123456789abcdef'
const file = (readableByAll: boolean | null) => ({
  kind: 'secret' as const,
  type: 'host_secret_file',
  key: FILE,
  name: 'DB_PASSWORD in /opt/app/.env on web-1',
  attributes: {
    file: '/opt/app/.env',
    line: 3,
    mode: '0644',
    owner: 'app',
    title: 'DB_PASSWORD',
    detector: 'secret-variable',
    provider: 'generic',
    redacted: '****',
    severity: 'high',
    readableByAll,
  },
})
const isSeverity = (value: unknown): value is Severity => ['critical', 'high', 'medium'].includes(value as Severity)

export const hostSecretReadable = defineRule({
  id: 'host-secret-readable',
  title: 'A file with a secret can be read by every account of the host',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'Any service on the host that is broken into, and any account, reads the secret without leaving a trace.',
  fix: [
    'Close the file: chmod 600 (or 640 with a group of its own).',
    'Replace the secret: who read it before is not recorded.',
    'Better, hand it over by LoadCredential= or a vault.',
  ],
  undo: 'Set the former mode again; the evidence names it.',
  effort: 15,
  about: { kind: 'secret', types: ['host_secret_file', 'host_history_secret'] },
  check({ entity }) {
    const { file, mode, owner, readableByAll, severity } = entity.attributes
    if (readableByAll === null || readableByAll === undefined)
      return unknown(`whether the folders above ${file} let others in could not be read`)
    if (readableByAll !== true) return pass
    return fail(
      `Any account on the host can read ${whatOf(entity)} in ${file}.`,
      [`Its mode is ${mode}, owner ${owner}, and every folder above it lets others in.`],
      {
        ...evidenceOf(entity),
        ...(isSeverity(severity) && { severity }),
      },
    )
  },
  cases: [
    { name: 'an .env file with mode 0644', subject: FILE, entities: [file(true)], expect: 'fail' },
    { name: 'closed by a folder above', subject: FILE, entities: [file(false)], expect: 'pass' },
    { name: 'folders above unreadable', subject: FILE, entities: [file(null)], expect: 'unknown' },
  ],
})
