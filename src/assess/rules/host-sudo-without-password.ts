import { defineRule, fail, type Neighbour, notApplicable, pass } from '../../sdk/index.ts'
import { accountKind, nameOf } from './standing.ts'

const USER = 'host:web-1/user/deploy'
const RULE = 'host:web-1/sudo/1'
const user = (attributes: Record<string, string | number>) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'deploy@web-1',
  attributes: { account: 'deploy', uid: 1003, ...attributes },
})
const rule = (rootEquivalent: boolean) => ({
  kind: 'entitlement' as const,
  type: 'linux_sudo_rule',
  key: RULE,
  name: 'sudo NOPASSWD (ALL) ALL@web-1',
  attributes: { rootEquivalent, asRoot: true, noPassword: true, because: 'any command is allowed', commands: ['ALL'] },
})
const has = (from: string, to: string, attributes = {}) => ({ from, verb: 'has' as const, to, attributes })
const free = { noPassword: true, file: '/etc/sudoers.d/deploy', line: 1 }
const group = { kind: 'entitlement' as const, type: 'linux_group', key: 'host:web-1/group/ops', name: 'ops@web-1' }

export const hostSudoWithoutPassword = defineRule({
  id: 'host-sudo-without-password',
  title: 'An account may become root without being asked for a password',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'Its key or password is then the key to root: whatever runs as the account, or breaks into it, owns the host.',
  fix: [
    'Name the few commands it needs, with their arguments, instead of ALL.',
    'Check with visudo -c and sudo -l -U before closing the session.',
    'For people, ask for the password: take NOPASSWD away.',
  ],
  undo: 'Put the line back from the evidence; keep a root session open while you try.',
  effort: 20,
  about: { kind: 'identity', types: ['linux_user'] },
  along: { own: ['>has'], byGroup: ['>has', '>has'] },
  needs: ['linux_sudo_rule', 'linux_group'],
  check({ entity, along }) {
    if (entity.attributes['uid'] === 0) return notApplicable('it is root')
    const grants = [...along.own!, ...along.byGroup!].filter(
      ({ entity: one, edge }) =>
        one?.type === 'linux_sudo_rule' &&
        one.attributes['rootEquivalent'] === true &&
        one.attributes['asRoot'] === true &&
        freely(edge, one.attributes),
    )
    if (grants.length === 0) return pass
    return fail(`${nameOf(entity)} may become root without a password.`, grants.map(evidence), {
      places: grants.flatMap(({ edge }) =>
        typeof edge.attributes?.['file'] === 'string'
          ? [
              {
                file: edge.attributes['file'],
                ...(typeof edge.attributes['line'] === 'number' && { line: edge.attributes['line'] }),
              },
            ]
          : [],
      ),
      ...(accountKind(entity) === 'human' && { severity: 'medium' as const }),
    })
  },
  cases: [
    {
      name: 'NOPASSWD: ALL',
      subject: USER,
      entities: [user({ accountKind: 'service' }), rule(true)],
      edges: [has(USER, RULE, free)],
      expect: 'fail',
    },
    {
      name: 'through a group',
      subject: USER,
      entities: [user({}), group, rule(true)],
      edges: [has(USER, group.key), has(group.key, RULE, free)],
      expect: 'fail',
    },
    {
      name: 'one harmless command',
      subject: USER,
      entities: [user({}), rule(false)],
      edges: [has(USER, RULE, free)],
      expect: 'pass',
    },
    {
      name: 'asked for the password',
      subject: USER,
      entities: [user({}), rule(true)],
      edges: [has(USER, RULE, { noPassword: false })],
      expect: 'pass',
    },
    {
      name: 'root itself',
      subject: USER,
      entities: [user({ uid: 0 }), rule(true)],
      edges: [has(USER, RULE, free)],
      expect: 'not-applicable',
    },
    {
      name: 'sudoers is refused',
      subject: USER,
      entities: [user({})],
      incomplete: ['linux_sudo_rule'],
      expect: 'unknown',
    },
  ],
})

const freely = (edge: Neighbour['edge'], rule: Record<string, unknown>): boolean =>
  (edge.attributes?.['noPassword'] ?? rule['noPassword']) === true

const evidence = ({ entity, edge }: Neighbour): string => {
  const { file, line } = edge.attributes ?? {}
  const where = typeof file === 'string' ? `${file}${typeof line === 'number' ? `, line ${line}` : ''}: ` : ''
  return `${where}NOPASSWD, and ${entity?.attributes['because'] ?? 'any command is allowed'}.`
}
