import { defineRule, fail, type Neighbour, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { list, nameOf, outOfForce } from './standing.ts'

export const credentialAcrossEnvironments = defineRule({
  id: 'credential-across-environments',
  title: 'The same credential is in production and outside it',
  owasp: ['NHI8'],
  severity: 'high',
  why: 'Test systems are guarded less and open to more people. A production credential that also lies there is as safe as the test system is.',
  fix: [
    'Make a credential for each environment.',
    'Rotate the production one after the copies outside production are gone.',
  ],
  undo: 'The former credential can stay valid beside the new ones until every user has moved.',
  effort: 40,
  about: { kind: 'credential' },
  along: {
    copies: ['<holds'],
    around: ['<holds', '<contains'],
    identities: ['>authenticates'],
    users: ['<uses'],
    throughCopies: ['<holds', '<uses'],
  },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const { copies, around, identities, users, throughCopies } = along
    // Nearly every credential: one identity, and no second place to compare with.
    if (copies!.length === 0 && identities!.length + users!.length < 2) return pass
    const all = [...copies!, ...around!, ...identities!, ...users!, ...throughCopies!]
    if (all.length < 2) return pass
    const places = [...new Map(all.map((one) => [one.key, one])).values()]
    const inside: Neighbour[] = []
    const outside: Neighbour[] = []
    let dark = 0
    for (const place of places) {
      const environment = environmentOf(place)
      if (environment !== undefined) (environment === 'production' ? inside : outside).push(place)
      else if (place.entity === null || place.entity.kind === 'secret' || place.entity.kind === 'workload') dark++
    }
    if (inside.length > 0 && outside.length > 0) {
      return fail(`${nameOf(entity)} is the same in production and outside it.`, [
        `In production: ${list(inside.map(nameOf))}.`,
        `Outside: ${list(outside.map((place) => `${nameOf(place)} (${environmentOf(place)})`))}.`,
      ])
    }
    if (dark > 0 && (inside.length > 0 || outside.length > 0)) {
      return unknown('the environment of some of the places that share it is not known')
    }
    return inside.length + outside.length > 0 ? pass : notApplicable('no environment is known around it')
  },
  cases: onTypes(
    ['aws_access_key', 'postgres_password', 'ssh_key'],
    [
      {
        name: 'one password in a production and a staging file',
        subject: 'demo:password',
        entities: [
          {
            kind: 'credential',
            type: 'secret_value',
            key: 'demo:password',
            name: 'orders password',
            method: 'password',
          },
          { kind: 'secret', type: 'demo_file', key: 'demo:prod.env', name: 'prod.env', environment: 'production' },
          { kind: 'secret', type: 'demo_file', key: 'demo:stage.env', name: 'stage.env', environment: 'staging' },
        ],
        edges: [
          { from: 'demo:prod.env', verb: 'holds', to: 'demo:password' },
          { from: 'demo:stage.env', verb: 'holds', to: 'demo:password' },
        ],
        expect: 'fail',
      },
      {
        name: 'two production files',
        subject: 'demo:password',
        entities: [
          {
            kind: 'credential',
            type: 'secret_value',
            key: 'demo:password',
            name: 'orders password',
            method: 'password',
          },
          { kind: 'secret', type: 'demo_file', key: 'demo:a.env', name: 'a.env', environment: 'production' },
          { kind: 'secret', type: 'demo_file', key: 'demo:b.env', name: 'b.env', environment: 'production' },
        ],
        edges: [
          { from: 'demo:a.env', verb: 'holds', to: 'demo:password' },
          { from: 'demo:b.env', verb: 'holds', to: 'demo:password' },
        ],
        expect: 'pass',
      },
      {
        name: 'one file in production, the other nobody knows where',
        subject: 'demo:password',
        entities: [
          {
            kind: 'credential',
            type: 'secret_value',
            key: 'demo:password',
            name: 'orders password',
            method: 'password',
          },
          { kind: 'secret', type: 'demo_file', key: 'demo:a.env', name: 'a.env', environment: 'production' },
          { kind: 'secret', type: 'demo_file', key: 'demo:b.env', name: 'b.env' },
        ],
        edges: [
          { from: 'demo:a.env', verb: 'holds', to: 'demo:password' },
          { from: 'demo:b.env', verb: 'holds', to: 'demo:password' },
        ],
        expect: 'unknown',
      },
    ],
  ),
})

function environmentOf({ entity }: Neighbour): string | undefined {
  const environment = entity?.environment ?? entity?.attributes['environment']
  return typeof environment === 'string' ? environment : undefined
}
