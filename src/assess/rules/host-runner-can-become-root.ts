import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const UNIT = 'host:ci-1/unit/actions.runner.acme-app.ci-1.service'
const USER = 'host:ci-1/user/runner'
const unit = (name: string, account: string) => ({
  kind: 'workload' as const,
  type: 'systemd_unit',
  key: UNIT,
  name: `${name}@ci-1`,
  attributes: { unit: name, account, active: true },
})
const user = {
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'runner@ci-1',
  attributes: { account: 'runner', uid: 1001 },
}
const docker = {
  kind: 'entitlement' as const,
  type: 'linux_group',
  key: 'host:ci-1/group/docker',
  name: 'docker@ci-1',
  attributes: { group: 'docker', rootEquivalent: true, because: 'a member may start a container that mounts /' },
}
const runsAs = { from: UNIT, verb: 'runs-as' as const, to: USER }
const member = { from: USER, verb: 'has' as const, to: docker.key }

/** Services that run what a repository tells them to. */
const RUNNER =
  /^(actions\.runner\.|github-runner|act_runner|forgejo-runner|gitlab-runner|jenkins|buildkite-agent|vsts\.agent\.|teamcity-agent|teamcity|bamboo-agent|drone-runner|woodpecker-agent|concourse-worker|circleci-runner)/

export const hostRunnerCanBecomeRoot = defineRule({
  id: 'host-runner-can-become-root',
  title: 'A build runner runs other people’s code and can become root',
  owasp: ['NHI6', 'NHI5'],
  severity: 'high',
  why: 'Whoever can start a build there (with a pull request, on a public repository) owns the host and every credential that later builds bring.',
  fix: [
    'Take the runner’s account out of docker and sudo; use rootless containers.',
    'Use runners that live for one build, on a host that holds nothing else.',
  ],
  undo: 'Put the group or the sudo rule back.',
  effort: 60,
  about: { kind: 'workload', types: ['systemd_unit'] },
  along: { accounts: ['>runs-as'], rights: ['>runs-as', '>has'], byGroup: ['>runs-as', '>has', '>has'] },
  needs: ['linux_sudo_rule', 'linux_group'],
  check({ entity, along }) {
    const { unit: name, account, active } = entity.attributes
    if (!RUNNER.test(String(name))) return notApplicable('it is not known as a build runner')
    if (active === false) return notApplicable('it is not started')
    // The service of gitlab-runner is root by design and starts its builds under other accounts.
    if (account === 'root' && !/^gitlab-runner/.test(String(name)))
      return fail(`${nameOf(entity)} runs the code of builds as root.`, ['Its unit names no User=.'])
    if (account === 'root') return pass
    const ways = [...along.rights!, ...along.byGroup!].flatMap(({ entity: one }) =>
      one?.attributes['rootEquivalent'] === true &&
      (one.type !== 'linux_sudo_rule' || one.attributes['asRoot'] === true)
        ? [one]
        : [],
    )
    if (ways.length === 0) return pass
    return fail(`${nameOf(entity)} runs the code of builds as ${account}, who can become root.`, [
      `Through ${list([...new Set(ways.map((way) => nameOf(way)))])}.`,
      ...new Set(ways.map((way) => `${way.attributes['because']}.`)),
    ])
  },
  cases: [
    {
      name: 'a GitHub runner in docker',
      subject: UNIT,
      entities: [unit('actions.runner.acme-app.ci-1.service', 'runner'), user, docker],
      edges: [runsAs, member],
      expect: 'fail',
    },
    { name: 'Jenkins as root', subject: UNIT, entities: [unit('jenkins.service', 'root')], expect: 'fail' },
    {
      name: 'without rights',
      subject: UNIT,
      entities: [unit('buildkite-agent.service', 'runner'), user],
      edges: [runsAs],
      expect: 'pass',
    },
    { name: 'some other service', subject: UNIT, entities: [unit('orders.service', 'root')], expect: 'not-applicable' },
    {
      name: 'sudoers is refused',
      subject: UNIT,
      entities: [unit('buildkite-agent.service', 'runner'), user],
      edges: [runsAs],
      incomplete: ['linux_sudo_rule'],
      expect: 'unknown',
    },
  ],
})
