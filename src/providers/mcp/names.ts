/** Names and keys. All of them are hostile input: bounded, and without control characters. */
import { createHash } from 'node:crypto'
import type { Environment, Key } from '../../sdk/index.ts'

export function clean(text: string, most = 300): string {
  const plain = text.replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD')
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`
}

/** Keys end at 2,048 characters; a path may not. What is cut off stands in a hash. */
export function keyed(key: string): Key {
  const plain = clean(key, 100_000)
  return plain.length <= 900 ? plain : `${plain.slice(0, 860)}~${sha256(key).slice(0, 16)}`
}

/** Of public text only, never of a secret (those have `run.fingerprint`). */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const WORDS: readonly [Environment, RegExp][] = [
  ['production', /^(prod|production|prd|live)$/],
  ['staging', /^(staging|stage|stg|uat|preprod)$/],
  ['development', /^(dev|devel|development|sandbox)$/],
  ['test', /^(test|tests|testing|qa|e2e)$/],
]

/** The environment that a word says, if it says one: `prod`, `eu-staging`, `app_dev`. */
export function environmentOfWord(word: string): Environment | undefined {
  const parts = word.toLowerCase().split(/[^a-z0-9]+/)
  return WORDS.find(([, said]) => parts.some((part) => said.test(part)))?.[0]
}

/** The environment that a host's own labels say; its domain says nothing. */
export const environmentOfHost = (host: string): Environment | undefined =>
  /[a-z]/i.test(host.split(':')[0]!.split('.').at(-1) ?? '')
    ? environmentOfWord(
        host
          .split(':')[0]!
          .split('.')
          .slice(0, Math.max(1, host.split('.').length - 2))
          .join('.'),
      )
    : undefined

/** Is it an example, a test, documentation or somebody else's code rather than something that runs here? */
export const isExample = (path: string): boolean =>
  /(^|[/._-])(tests?|testing|testdata|specs?|fixtures?|examples?|samples?|demos?|docs?|documentation|mocks?|templates?|tutorials?|vendor|third[_-]?party)([/._-]|$)/i.test(
    path,
  )

export type Tree = Record<string, unknown>
/** An object, whatever it was; what is no object has no entries. */
export const treeOf = (value: unknown): Tree =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Tree) : {}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

export const wordsOf = (value: unknown, most = 200): string[] =>
  Array.isArray(value)
    ? value.filter((one) => typeof one === 'string' && one !== '').slice(0, most)
    : typeof value === 'string' && value !== ''
      ? value.split(/\s*,\s*/).slice(0, most)
      : []

/** Own properties only: `constructor` and `__proto__` are names like any other. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((tree, name) => (Object.hasOwn(treeOf(tree), name) ? treeOf(tree)[name] : undefined), value)
