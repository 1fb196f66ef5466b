import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { ReeveError } from '../../sdk/index.ts'

/** A check of where a connection goes, made on the address that is used and not on one looked up before. */
export interface AddressGuard {
  /** Throws `outbound/refused-address` when the address may not be reached under this name. */
  check(address: string, host: string): void
  /** Looks a name up as `net.connect` does, and hands out only addresses that pass. */
  lookup: LookupFunction
}

/**
 * Refuses all but public addresses (loopback, link-local with the metadata services, private, carrier-grade NAT, unique local,
 * multicast, reserved; also when they hide in IPv6) unless `allow` holds the address, its range, or the host name.
 */
export function addressGuard(allow: readonly string[]): AddressGuard {
  const names = new Set(allow.filter((entry) => !isAddress(entry)).map((entry) => entry.toLowerCase()))
  const ranges = allow.filter(isAddress).map(rangeOf)
  const check = (address: string, host: string): void => {
    if (names.has(host.toLowerCase())) return
    const parsed = plain(ipaddr.parse(address))
    if (parsed.range() === 'unicast') return
    if (ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits))) return
    throw new ReeveError(
      'outbound/refused-address',
      `connecting to ${host}: ${address} is a ${parsed.range()} address; add ${parsed.toString()} to outbound.allow if this is meant`,
      { fields: { host, address } },
    )
  }
  return {
    check,
    lookup(host, options, callback) {
      lookup(host, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0)
        try {
          for (const { address } of addresses) check(address, host)
        } catch (refused) {
          return callback(refused as NodeJS.ErrnoException, '', 0)
        }
        if (options.all) return callback(null, addresses)
        callback(null, addresses[0]!.address, addresses[0]!.family)
      })
    },
  }
}

const isAddress = (entry: string): boolean => isIP(entry.replace(/\/\d+$/, '')) !== 0

function rangeOf(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (entry.includes('/')) return ipaddr.parseCIDR(entry)
  const address = plain(ipaddr.parse(entry))
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** The IPv4 address inside a mapped, NAT64 or 6to4 one: that is where the packets end. */
function plain(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.kind() === 'ipv4') return address
  const v6 = address as ipaddr.IPv6
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address()
  const bytes = v6.toByteArray()
  if (v6.range() === 'rfc6052' || v6.range() === 'rfc6145') return new ipaddr.IPv4(bytes.slice(12))
  if (v6.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6))
  return v6
}
