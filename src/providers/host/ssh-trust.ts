import { createHash, createHmac } from 'node:crypto'

/** `SHA256:` and unpadded base64, as ssh-keygen prints it. */
export const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

/** The host keys a known_hosts file holds for a host: what may be trusted, and what is revoked. */
export function knownKeys(text: string, host: string, port: number): { trusted: Buffer[]; revoked: Buffer[] } {
  const names = port === 22 ? [host] : [`[${host}]:${port}`]
  const trusted: Buffer[] = []
  const revoked: Buffer[] = []
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    if (fields[0] === '' || fields[0]!.startsWith('#')) continue
    const marker = fields[0]!.startsWith('@') ? fields.shift()! : ''
    const [patterns, , key] = fields
    if (!patterns || !key || !names.some((name) => matches(patterns, name))) continue
    if (marker === '') trusted.push(Buffer.from(key, 'base64'))
    if (marker === '@revoked') revoked.push(Buffer.from(key, 'base64'))
  }
  return { trusted, revoked }
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt, hash] = patterns.split('|')
    return (
      createHmac('sha1', Buffer.from(salt ?? '', 'base64'))
        .update(name)
        .digest('base64') === hash
    )
  }
  let found = false
  for (const pattern of patterns.split(',')) {
    const negated = pattern.startsWith('!')
    if (!glob(negated ? pattern.slice(1) : pattern).test(name)) continue
    if (negated) return false
    found = true
  }
  return found
}

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/\*+/g, '*')
      .replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  )
