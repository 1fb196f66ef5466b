import type { Edge, Entity } from '../../sdk/index.ts'
import { clean, type Host, keyOf, onHost, shortHash, userKey } from './host.ts'

/**
 * An account lets in whoever shows a certificate that an authority signed for one of the principals. That is trust in an
 * issuer, not a key of the account: the authority's own key opens nothing, and is not shared by the accounts that trust it.
 */
export function* authorityTrust(
  host: Host,
  account: string,
  authority: string,
  principals: readonly string[],
  told: { via: string; file: string; line?: number },
): Iterable<Entity | Edge> {
  const key = keyOf(host, `/user/${account}/authority/${shortHash(authority)}`)
  yield {
    kind: 'credential',
    type: 'ssh_authority_trust',
    key,
    name: `SSH certificates for ${onHost(host, account)}`,
    method: 'federation',
    created: { unknown: 'sshd does not record since when it trusts an authority' },
    expires: { notApplicable: 'the trust has no end; each certificate has its own' },
    aliases: [authority],
    attributes: { issuer: authority, subject: principals.map((one) => clean(one, 200)).slice(0, 100), ...told },
  }
  yield { from: key, verb: 'authenticates', to: userKey(host, account) }
}
