import { BlockList, isIP } from 'node:net'
import { globMatches } from './glob.ts'

interface Operator {
  negated: boolean
  matches(value: string, wanted: string): boolean
}

const unliteral = (text: string): string => text.replaceAll('\ue000', '*').replaceAll('\ue001', '?')

const number = (compare: (value: number, wanted: number) => boolean) => (value: string, wanted: string) =>
  value.trim() !== '' && wanted.trim() !== '' && compare(Number(value), Number(wanted))

/** Seconds since 1970, or a date in ISO 8601. */
const timeOf = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text))

const date = (compare: (value: number, wanted: number) => boolean) => (value: string, wanted: string) =>
  compare(timeOf(value), timeOf(wanted))

/** An ARN is compared segment by segment: a star does not cross a colon of the first five. */
export function arnMatches(value: string, wanted: string): boolean {
  const [have, want] = [segments(value), segments(wanted)]
  if (wanted === '*') return true
  return have.length === want.length && want.every((pattern, at) => globMatches(pattern, have[at]!))
}

const segments = (arn: string): string[] => {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

export function inNetwork(value: string, wanted: string): boolean {
  const [network = '', bits] = wanted.split('/')
  const kind = isIP(network)
  if (kind === 0 || isIP(value) !== kind) return false
  const prefix = bits === undefined ? (kind === 4 ? 32 : 128) : Number(bits)
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (kind === 4 ? 32 : 128)) return false
  const list = new BlockList()
  const family = kind === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(network, prefix, family)
  return list.check(value, family)
}

const POSITIVE: Record<string, Operator['matches']> = {
  stringequals: (value, wanted) => value === unliteral(wanted),
  stringequalsignorecase: (value, wanted) => value.toLowerCase() === unliteral(wanted).toLowerCase(),
  stringlike: (value, wanted) => globMatches(wanted, value),
  numericequals: number((value, wanted) => value === wanted),
  dateequals: date((value, wanted) => value === wanted),
  ipaddress: inNetwork,
  arnequals: arnMatches,
  arnlike: arnMatches,
}

const PLAIN: Record<string, Operator['matches']> = {
  bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  binaryequals: (value, wanted) => value === wanted,
  numericlessthan: number((value, wanted) => value < wanted),
  numericlessthanequals: number((value, wanted) => value <= wanted),
  numericgreaterthan: number((value, wanted) => value > wanted),
  numericgreaterthanequals: number((value, wanted) => value >= wanted),
  datelessthan: date((value, wanted) => value < wanted),
  datelessthanequals: date((value, wanted) => value <= wanted),
  dategreaterthan: date((value, wanted) => value > wanted),
  dategreaterthanequals: date((value, wanted) => value >= wanted),
}

/** `stringequals` → `stringnotequals`, `arnlike` → `arnnotlike`, `ipaddress` → `notipaddress`. */
const negatedName = (name: string): string =>
  name === 'ipaddress' ? 'notipaddress' : name.replace(/(equals|like)/, 'not$1')

/** By name in lower case; `null` is not here, since it asks whether a key is there and not what it says. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ...Object.entries(POSITIVE).flatMap(([name, matches]): [string, Operator][] => [
    [name, { negated: false, matches }],
    [negatedName(name), { negated: true, matches }],
  ]),
  ...Object.entries(PLAIN).map(([name, matches]): [string, Operator] => [name, { negated: false, matches }]),
])
