/** Powers over permissions: who can give a principal anything there is, and who can make a new administrator. */
import type { Known } from '../condition.ts'
import { bothWays, type Way } from '../escalation.ts'
import { allowsEverything } from './administrator.ts'
import { arnOf } from './arn.ts'
import type { Asked, Asking, Request } from './asking.ts'
import type { AwsEstate, Holder } from './estate.ts'

const OF = { user: 'User', role: 'Role', group: 'Group' } as const
/** Policies of AWS that make an administrator of whoever gets them, at once or in one more step. */
const ADMINISTRATORS = ['AdministratorAccess', 'IAMFullAccess'].map((name) => `arn:aws:iam::aws:policy/${name}`)

export const wayOf = (asked: Asked, actions: readonly string[], object: string): Way => ({
  who: asked.who,
  actions,
  object,
  dependsOn: (principal) => asked.of(principal).dependsOn,
})

export class Permissions {
  readonly #asking: Asking
  readonly #estate: AwsEstate
  readonly #strongPolicies: readonly string[]
  readonly #versions = new Map<string, Way[]>()

  constructor(asking: Asking, estate: AwsEstate) {
    this.#asking = asking
    this.#estate = estate
    this.#strongPolicies = [
      ...ADMINISTRATORS,
      ...[...estate.managed.values()]
        .filter(({ own, policy }) => own && policy && allowsEverything([policy]))
        .map(({ arn }) => arn),
    ]
  }

  /** Every way to give a user, role or group any permission: by its own policies, a managed one it has, or a group it is in. */
  giveTo(holder: Holder): Way[] {
    return [
      ...this.#direct(holder),
      ...holder.managed.flatMap((arn) => this.#rewrite(arn)),
      ...holder.groups.flatMap((index) => {
        const group = this.#estate.holders[index]!
        return [...this.#direct(group), ...group.managed.flatMap((arn) => this.#rewrite(arn))]
      }),
    ]
  }

  #direct({ arn, kind }: Holder): Way[] {
    const put = `iam:Put${OF[kind]}Policy`
    const attach = `iam:Attach${OF[kind]}Policy`
    return [wayOf(this.#asking.one(put, arn), [put], arn), wayOf(this.attaching(attach, arn), [attach], arn)]
  }

  /** Attaching counts when a policy that makes an administrator may be attached. */
  attaching(action: string, object: string, request: Request = new Map()): Asked {
    const policies = this.#namesPolicies(action) ? this.#strongPolicies : this.#strongPolicies.slice(0, 1)
    return this.#asking.any(
      policies.map((arn) => this.#asking.one(action, object, new Map([...request, ['iam:policyarn', [arn]]]))),
    )
  }

  /** Does any statement say which policies may be attached? Without, one question stands for all. */
  #namesPolicies(action: string): boolean {
    return [this.#asking.compiled.held, ...this.#asking.compiled.ceilings.map(({ rules }) => rules)].some((rules) =>
      rules.for(action.toLowerCase()).rules.some(({ condition }) => condition.length > 0),
    )
  }

  /** A managed policy of the account can be given a new text, or an older one back. */
  #rewrite(arn: string): Way[] {
    const known = this.#versions.get(arn)
    if (known) return known
    const policy = this.#estate.managed.get(arn)
    const ways: Way[] = []
    if (policy?.own ?? arnOf(arn).account !== 'aws') {
      ways.push(wayOf(this.#asking.one('iam:CreatePolicyVersion', arn), ['iam:CreatePolicyVersion'], arn))
      const others = policy?.versions.filter(({ isDefault }) => !isDefault) ?? []
      const back = this.#asking.one('iam:SetDefaultPolicyVersion', arn)
      if (others.some((one) => one.policy !== undefined && allowsEverything([one.policy])))
        ways.push(wayOf(back, ['iam:SetDefaultPolicyVersion'], arn))
      else if (others.length === 0)
        ways.push(
          wayOf(
            this.#asking.onlyIf(back, `another version of ${arn}, stronger than the one the file shows`),
            ['iam:SetDefaultPolicyVersion'],
            arn,
          ),
        )
    }
    this.#versions.set(arn, ways)
    return ways
  }

  /** A boundary taken off, and what must be given besides. */
  unbinding(holder: Holder, give: readonly Way[]): Way[] {
    const action = `iam:Delete${OF[holder.kind]}PermissionsBoundary`
    const off = this.#asking.one(action, holder.arn)
    if (allowsEverything(holder.policies)) return [wayOf(off, [action], holder.arn)]
    return give.map((way) => bothWays(wayOf(off, [action], holder.arn), way))
  }

  /** New administrators: a user with keys or a password, a role that trusts its maker. */
  make(account: string): Way[] {
    const asking = this.#asking
    const unbounded = new Map<string, Known>([['iam:permissionsboundary', null]])
    const made = (type: 'user' | 'role', give: string, then: (name: string) => Asked, create: string) =>
      asking.any(
        asking
          .names(`arn:\${Partition}:iam::\${Account}:${type}/\${Name}`, account, [create, give])
          .map((name) =>
            asking.all([
              asking.one(create, name, unbounded),
              give.startsWith('iam:Attach') ? this.attaching(give, name, unbounded) : asking.one(give, name, unbounded),
              then(name),
            ]),
          ),
      )
    const assume = (name: string) => asking.one('sts:AssumeRole', name, undefined, { openDoor: true })
    return [
      ...['iam:AttachUserPolicy', 'iam:PutUserPolicy'].flatMap((give) =>
        ['iam:CreateAccessKey', 'iam:CreateLoginProfile'].map((key) =>
          wayOf(
            made('user', give, (name) => asking.one(key, name), 'iam:CreateUser'),
            ['iam:CreateUser', give, key],
            'a new user',
          ),
        ),
      ),
      ...['iam:AttachRolePolicy', 'iam:PutRolePolicy'].map((give) =>
        wayOf(made('role', give, assume, 'iam:CreateRole'), ['iam:CreateRole', give, 'sts:AssumeRole'], 'a new role'),
      ),
    ]
  }
}
