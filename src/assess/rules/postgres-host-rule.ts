import { defineRule, fail, pass } from '../../sdk/index.ts'

const KEY = 'postgres:db:5432/host-rule/pg_hba.conf/3'
const hostRule = (connection: string, address: string | null, method: string, netmask: string | null = null) => ({
  kind: 'entitlement' as const,
  type: 'postgres_host_rule',
  key: KEY,
  name: `${connection} all all ${address ?? ''} ${method}`,
  attributes: {
    connection,
    address,
    netmask,
    method,
    databases: ['all'],
    users: ['all'],
    file: 'pg_hba.conf',
    line: 3,
  },
})

export const postgresHostRule = defineRule({
  id: 'postgres-host-rule',
  title: 'A host rule lets roles in without proof, or their password over the network in the clear',
  owasp: ['NHI4'],
  severity: 'medium',
  why: 'trust asks for nothing at all; password and md5 without TLS hand the secret to whoever listens on the way.',
  fix: [
    'Change the line’s method to scram-sha-256 (or cert), and host to hostssl',
    'select pg_reload_conf(), then log in once as each role it covers',
  ],
  undo: 'Put the old line back and reload; nothing is lost',
  effort: 15,
  about: { kind: 'entitlement', types: ['postgres_host_rule'] },
  check({ entity }) {
    const { connection, address, method, file, line } = entity.attributes
    const where = `${file} line ${line}: ${entity.name}`
    const socket = connection === 'local'
    const near = socket || isLoopback(String(address))
    if (method === 'trust') {
      return fail(
        socket
          ? 'Everybody on the machine may log in as any role of this rule without a password'
          : `Whoever connects from ${address} may log in as any role of this rule without a password`,
        [where],
        { severity: near ? 'medium' : 'critical' },
      )
    }
    if (near) return pass
    if (method === 'password')
      return fail(`Passwords from ${address} may travel in the clear`, [where], {
        severity: connection === 'hostssl' ? 'low' : 'high',
      })
    if (connection !== 'hostssl' && connection !== 'hostgssenc' && (method === 'md5' || method === 'scram-sha-256')) {
      return fail(`Roles may log in from ${address} without TLS`, [where], {
        severity: method === 'md5' ? 'medium' : 'low',
      })
    }
    return pass
  },
  cases: [
    {
      name: 'trust from the network',
      subject: KEY,
      entities: [hostRule('host', '10.0.0.0', 'trust', '255.0.0.0')],
      expect: 'fail',
    },
    { name: 'trust on the socket', subject: KEY, entities: [hostRule('local', null, 'trust')], expect: 'fail' },
    {
      name: 'clear password from the network',
      subject: KEY,
      entities: [hostRule('host', '0.0.0.0', 'password', '0.0.0.0')],
      expect: 'fail',
    },
    { name: 'SCRAM without TLS', subject: KEY, entities: [hostRule('host', 'all', 'scram-sha-256')], expect: 'fail' },
    { name: 'SCRAM over TLS', subject: KEY, entities: [hostRule('hostssl', 'all', 'scram-sha-256')], expect: 'pass' },
    {
      name: 'SCRAM from the same machine',
      subject: KEY,
      entities: [hostRule('host', '127.0.0.1', 'scram-sha-256', '255.255.255.255')],
      expect: 'pass',
    },
    { name: 'peer on the socket', subject: KEY, entities: [hostRule('local', null, 'peer')], expect: 'pass' },
    { name: 'a rule that rejects', subject: KEY, entities: [hostRule('host', 'all', 'reject')], expect: 'pass' },
  ],
})

const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1' || address === 'samehost' || address === 'localhost'
