import { posix } from 'node:path'
import type { Key } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import type { Manifest } from './manifests.ts'
import { environmentOfPath, environmentOfWord, shortKey } from './place-names.ts'

export const keyOf = (checkout: Checkout, file: string, kind: string, namespace: string, name: string): Key =>
  shortKey(`${checkout.key}/kubernetes/${posix.dirname(file)}/${kind}/${namespace}/${name}`)

export const namespaceOf = (manifest: Manifest): string => manifest.namespace ?? 'default'
export const place = (manifest: Manifest) => ({ file: manifest.file, line: manifest.line })
export const environmentAt = (manifest: Manifest) => {
  const environment = environmentOfWord(manifest.namespace ?? '') ?? environmentOfPath(manifest.file)
  return environment ? { environment } : {}
}

export const chartOf = (file: string): string => file.replace(/\/templates\/.*$/, '')

export function nearest<T extends { manifest: Manifest }>(candidates: readonly T[], file: string): T | undefined {
  const shared = (other: string) => {
    const [a, b] = [file.split('/'), other.split('/')]
    let at = 0
    while (at < a.length - 1 && a[at] === b[at]) at++
    return at
  }
  let best: T | undefined
  for (const candidate of candidates)
    if (!best || shared(candidate.manifest.file) > shared(best.manifest.file)) best = candidate
  return best
}
