import type { Edge, Entity, Key } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { excessOf, federatedTrusts, type Statement, trustedPrincipals } from './iam-policy.ts'
import { environmentOfPath, shortKey } from './place-names.ts'

/** Where a declaration stands and what it is called there. */
export interface Declaration {
  checkout: Checkout
  /** `terraform` or `cloudformation`: the head of the types. */
  tool: string
  key: Key
  file: string
  line: number
  /** `aws_iam_role.deploy` or a logical id. */
  address: string
  name: string
}

const where = ({ checkout, file, line, address, tool }: Declaration) => ({
  file,
  line,
  address,
  tool,
  repository: checkout.name,
})

const environmentAt = (file: string) => {
  const environment = environmentOfPath(file)
  return environment ? { environment } : {}
}

export function* declaredIdentity(
  declaration: Declaration,
  type: string,
  attributes: Entity['attributes'] = {},
): Generator<Entity | Edge> {
  yield {
    kind: 'identity',
    type,
    key: declaration.key,
    name: declaration.name,
    ...environmentAt(declaration.file),
    lastUsed: { notApplicable: 'it is declared in a file; the cloud knows its use' },
    attributes: { ...where(declaration), ...attributes },
  }
  yield { from: declaration.checkout.key, verb: 'contains', to: declaration.key }
}

export function* declaredCredential(
  declaration: Declaration,
  type: string,
  method: Entity['method'],
  attributes: Entity['attributes'] = {},
): Generator<Entity | Edge> {
  yield {
    kind: 'credential',
    type,
    key: declaration.key,
    name: declaration.name,
    method,
    created: { unknown: 'a file does not say when it was made', permission: 'a connection to the cloud' },
    ...environmentAt(declaration.file),
    lastUsed: { notApplicable: 'it is declared in a file; the cloud knows its use' },
    attributes: { ...where(declaration), ...attributes },
  }
  yield { from: declaration.checkout.key, verb: 'contains', to: declaration.key }
}

/** A policy, as far as it can be read without being evaluated. */
export function* declaredPolicy(
  declaration: Declaration,
  type: string,
  statements: Statement[] | null,
): Generator<Entity | Edge> {
  yield {
    kind: 'entitlement',
    type,
    key: declaration.key,
    name: declaration.name,
    ...environmentAt(declaration.file),
    attributes: {
      ...where(declaration),
      statements: statements?.length ?? null,
      excess: statements ? excessOf(statements).slice(0, 50) : [],
    },
    ...(statements === null ? { unknowns: { excess: { reason: 'the policy is computed when it is applied' } } } : {}),
  }
  yield { from: declaration.checkout.key, verb: 'contains', to: declaration.key }
}

/** The trusts in a role's policy: one federation per issuer, with what it demands of the subject. */
export function* declaredTrusts(role: Declaration, statements: readonly Statement[]): Generator<Entity | Edge> {
  const seen = new Set<Key>()
  for (const { issuer, subjects, audiences } of federatedTrusts(statements)) {
    const key = shortKey(`${role.key}/trust/${issuer}`)
    if (seen.has(key)) continue
    seen.add(key)
    const declaration = { ...role, key, name: `${role.name} trusts ${shortIssuer(issuer)}` }
    yield* declaredCredential(declaration, `${role.tool}_federation`, 'federation', {
      issuer: shortIssuer(issuer),
      subject: subjects,
      audience: audiences,
      role: role.name,
    })
    yield { from: key, verb: 'authenticates', to: role.key }
  }
  for (const principal of new Set(trustedPrincipals(statements))) {
    if (/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[^*]+$/.test(principal)) {
      const key = shortKey(`aws:${principal}`)
      if (!seen.has(key))
        yield { from: key, verb: 'assumes', to: role.key, attributes: { file: role.file, line: role.line } }
      seen.add(key)
    }
  }
}

const shortIssuer = (issuer: string): string => (/oidc-provider\/(.+)$/.exec(issuer)?.[1] ?? issuer).slice(0, 300)
