import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { nameOf } from './standing.ts'

const UNIT = 'host:web-1/unit/datadog-agent.service'
const unit = (name: string, account: string | null, active = true) => ({
  kind: 'workload' as const,
  type: 'systemd_unit',
  key: UNIT,
  name: `${name}@web-1`,
  attributes: { unit: name, account, active, file: `/lib/systemd/system/${name}` },
})

/** Agents that take orders or updates from their maker's service, by the names their packages give their units. */
const AGENTS: [RegExp, string][] = [
  [/^datadog-agent/, 'Datadog'],
  [/^newrelic-infra/, 'New Relic'],
  [/^dynatrace|^oneagent/, 'Dynatrace'],
  [/^amazon-ssm-agent|^snap\.amazon-ssm-agent/, 'AWS Systems Manager'],
  [/^google-osconfig-agent|^google-guest-agent/, 'Google Cloud'],
  [/^walinuxagent|^waagent|^azuremonitoragent|^mdatp/, 'Microsoft'],
  [/^falcon-sensor/, 'CrowdStrike'],
  [/^sentinelone|^sentinelagent/, 'SentinelOne'],
  [/^cbagentd|^cbdaemon/, 'Carbon Black'],
  [/^qualys-cloud-agent/, 'Qualys'],
  [/^nessusagent/, 'Tenable'],
  [/^ir_agent/, 'Rapid7'],
  [/^splunkd|^splunkforwarder/i, 'Splunk'],
  [/^elastic-agent/, 'Elastic'],
  [/^wazuh-agent/, 'Wazuh'],
  [/^puppet(\.service|-agent)/, 'Puppet'],
  [/^salt-minion/, 'Salt'],
  [/^chef-client/, 'Chef'],
  [/^teamviewerd/, 'TeamViewer'],
  [/^anydesk/, 'AnyDesk'],
  [/^screenconnect/i, 'ScreenConnect'],
  [/^cloudflared/, 'Cloudflare'],
]

export const hostVendorAgentAsRoot = defineRule({
  id: 'host-vendor-agent-as-root',
  title: 'An agent that takes orders from its maker runs as root',
  owasp: ['NHI3'],
  severity: 'low',
  why: 'Whoever holds the account at the maker, or breaks into the maker, holds root here. That may be the intention; it should be a decision.',
  fix: [
    'See in its console who may run commands through it, and switch off what is not used.',
    'Where it can, let it run as an account of its own (User=) with the capabilities it needs.',
    'If it is meant to be so, accept this finding until a date.',
  ],
  undo: 'Take User= away with systemctl revert.',
  effort: 30,
  about: { kind: 'workload', types: ['systemd_unit'] },
  check({ entity }) {
    const { unit: name, account, active } = entity.attributes
    const maker = AGENTS.find(([pattern]) => pattern.test(String(name)))?.[1]
    if (maker === undefined) return notApplicable('it is not known as an agent of a maker')
    if (active === false) return notApplicable('it is not started')
    if (account !== 'root') return pass
    return fail(`${nameOf(entity)}, the agent of ${maker}, runs as root.`, [
      `${entity.attributes['file']} names no User=.`,
    ])
  },
  cases: [
    { name: 'the agent as root', subject: UNIT, entities: [unit('amazon-ssm-agent.service', 'root')], expect: 'fail' },
    {
      name: 'the agent under its own account',
      subject: UNIT,
      entities: [unit('datadog-agent.service', 'dd-agent')],
      expect: 'pass',
    },
    {
      name: 'installed and disabled',
      subject: UNIT,
      entities: [unit('salt-minion.service', 'root', false)],
      expect: 'not-applicable',
    },
    {
      name: 'a service of the house',
      subject: UNIT,
      entities: [unit('orders.service', 'root')],
      expect: 'not-applicable',
    },
  ],
})
