import type { HclBlock, HclValue } from './hcl.ts'
import { isReference } from './hcl.ts'
import { type Statement, statementsOf } from './iam-policy.ts'

/** A resource or data block with its file. */
export interface Declared {
  file: string
  block: HclBlock
  type: string
  name: string
}

/** All `.tf` files of one folder: references do not leave it. */
export interface Module {
  folder: string
  resources: Declared[]
  documents: Map<string, HclBlock>
}

export const literal = (value: HclValue | undefined): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined

export const attribute = (block: HclBlock, name: string): HclValue | undefined => block.attributes[name]?.value

/** `aws_iam_role.deploy` of a reference or `${…}` to one; null for other expressions. */
export function referred(value: HclValue | undefined): string | null {
  const source = isReference(value)
    ? value.reference
    : typeof value === 'string'
      ? (/^\$\{\s*([^}]+?)\s*\}$/.exec(value)?.[1] ?? '')
      : ''
  const match = /^((?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z_][\w-]*)/.exec(source)
  return match ? match[1]! : null
}

/** The policy at an attribute: JSON in place, `jsonencode`, or a policy document of the module; null when it has to be evaluated. */
export function policyAt(module: Module, block: HclBlock, name: string): Statement[] | null {
  const value = attribute(block, name)
  const reference = referred(value)
  const document = reference?.startsWith('data.') ? module.documents.get(reference.slice(5)) : undefined
  if (document) return statementsOfDocument(document)
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isReference(value))
    return statementsOf(value)
  if (typeof value !== 'string') return null
  try {
    return statementsOf(JSON.parse(value))
  } catch {
    return null
  }
}

function statementsOfDocument(document: HclBlock): Statement[] {
  return document.blocks
    .filter(({ type }) => type === 'statement')
    .map((block) => ({
      allows: literal(attribute(block, 'effect')) !== 'Deny',
      actions: words(attribute(block, 'actions')),
      notActions: words(attribute(block, 'not_actions')),
      resources: words(attribute(block, 'resources')),
      principals: block.blocks
        .filter(({ type }) => type === 'principals')
        .map((principal) => ({
          type: literal(attribute(principal, 'type')) ?? '?',
          values: words(attribute(principal, 'identifiers')),
        })),
      conditions: block.blocks
        .filter(({ type }) => type === 'condition')
        .map((condition) => ({
          test: literal(attribute(condition, 'test')) ?? '?',
          variable:
            literal(attribute(condition, 'variable')) ??
            (isReference(attribute(condition, 'variable'))
              ? (attribute(condition, 'variable') as { reference: string }).reference
              : ''),
          values: words(attribute(condition, 'values')),
        })),
    }))
}

/** Words as they stand; an expression is given as its text, so that something is there. */
export const words = (value: HclValue | undefined): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).flatMap((item) =>
    typeof item === 'string' ? item : isReference(item) ? `\${${item.reference}}` : [],
  )
