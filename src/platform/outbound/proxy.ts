import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Does the host go past the proxy? Entries as NO_PROXY has them: `*`, a name with all below it (with or without a leading dot),
 * an address, a range, each with a port or without.
 */
export function bypasses(url: URL, entries: readonly string[]): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return entries.some((entry) => {
    if (entry === '*') return true
    const [, name = entry, onlyPort] = /^(.+?)(?::(\d+))?$/.exec(isIP(entry) ? '' : entry) ?? []
    if (onlyPort !== undefined && onlyPort !== port) return false
    if (isIP(host) && isIP(name.replace(/\/\d+$/, ''))) return inRange(host, name)
    const suffix = name.toLowerCase().replace(/^\*?\./, '')
    return host === suffix || host.endsWith(`.${suffix}`)
  })
}

function inRange(host: string, entry: string): boolean {
  const address = ipaddr.process(host)
  if (!entry.includes('/')) return address.toString() === ipaddr.process(entry).toString()
  const [base, bits] = ipaddr.parseCIDR(entry)
  return address.kind() === base.kind() && address.match(base, bits)
}
