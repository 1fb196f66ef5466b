/** What Reeve can show, once each. A framework's file says which of it bears on which control. */
import type { Claim } from './framework.ts'

export const owned: Claim = {
  id: 'owned',
  says: 'A person who is still here answers for it.',
  rules: ['identity-without-owner', 'identity-owner-gone', 'identity-made-by-leaver', 'agent-without-sponsor'],
}

export const purpose: Claim = {
  id: 'purpose',
  says: 'It is written down what it is for.',
  facts: ['purpose'],
}

export const reviewedThisQuarter: Claim = {
  id: 'reviewed-this-quarter',
  says: 'Within the last 92 days its owner has said that it is theirs and still needed.',
  facts: ['reviewed-92'],
}

export const reviewedThisYear: Claim = {
  id: 'reviewed-this-year',
  says: 'Within the last 366 days its owner has said that it is theirs and still needed.',
  facts: ['reviewed-366'],
}

export const inUse: Claim = {
  id: 'in-use',
  says: 'It was used within the months in which it should have been.',
  rules: [
    'identity-dormant',
    'credential-dormant',
    'host-never-used-account',
    'aws-never-used',
    'aws-access-key-never-used',
  ],
}

export const useRecorded: Claim = {
  id: 'use-recorded',
  says: 'Its source records when it was last used.',
  facts: ['use-recorded'],
}

export const ended: Claim = {
  id: 'ended',
  says: 'Nothing that was ended still lets it in, and nothing of it outlives it.',
  rules: [
    'credential-outlives-identity',
    'credential-expired-but-present',
    'host-locked-account-accepts-key',
    'host-job-without-account',
    'aws-role-trusts-deleted',
    'mcp-server-gone',
  ],
}

export const notInCode: Claim = {
  id: 'not-in-code',
  says: 'No copy of its credentials was found in code, scripts, configuration or images.',
  rules: [
    'git-secret-in-code',
    'git-secret-in-history',
    'git-private-key',
    'git-secret-beside-code',
    'git-secret-in-image',
    'git-kubernetes-secret-in-manifest',
    'git-terraform-state',
    'git-credential-in-remote',
    'host-secret-in-job',
    'host-secret-in-arguments',
    'host-secret-in-history',
    'aws-secret-in-variable',
    'postgres-stored-password',
    'mcp-static-key',
  ],
  facts: ['no-copy'],
}

export const keptClose: Claim = {
  id: 'kept-close',
  says: 'What proves it can be read by it alone, and nobody has found it in public.',
  rules: [
    'host-private-key-readable',
    'host-secret-readable',
    'aws-key-quarantined',
    'credential-in-several-systems',
    'git-workflow-inherits-secrets',
  ],
}

export const leastPrivilege: Claim = {
  id: 'least-privilege',
  says: 'No rule finds that it may do more than its work needs.',
  risks: ['NHI5'],
}

export const noAdministrator: Claim = {
  id: 'no-administrator',
  says: 'It is not all-powerful where it works, and nobody becomes so through it.',
  rules: [
    'aws-administrator',
    'aws-root-access-key',
    'host-root-equivalent-group',
    'host-sudo-without-password',
    'host-container-owns-host',
    'host-network-service-as-root',
    'host-runner-can-become-root',
    'git-container-holds-host',
    'git-kubernetes-role-wide',
    'git-cloud-policy-wide',
    'git-workflow-token-wide',
    'postgres-superuser-login',
    'postgres-server-programs',
    'postgres-bypass-row-security',
    'postgres-definer-function',
    'identity-taken-over-by-directory-owner',
  ],
}

export const notOpen: Claim = {
  id: 'not-open',
  says: 'What it guards is not open to everybody.',
  rules: [
    'aws-resource-open-to-anybody',
    'aws-role-open-to-anybody',
    'postgres-granted-to-everybody',
    'postgres-open-schema',
    'mcp-server-unprotected',
  ],
}

export const rotated: Claim = {
  id: 'rotated',
  says: 'Its static credentials are no older than their class may be.',
  rules: [
    'credential-long-lived',
    'postgres-password-expiry',
    'aws-secret-without-rotation',
    'aws-service-credential-without-end',
    'host-ssh-key-without-end',
  ],
}

export const renewed: Claim = {
  id: 'renewed',
  says: 'Nothing of it ends soon without anything to renew it.',
  rules: ['credential-about-to-expire'],
}

export const fewCredentials: Claim = {
  id: 'few-credentials',
  says: 'It has no more live credentials than a rotation needs.',
  rules: ['identity-too-many-credentials'],
}

export const strongProof: Claim = {
  id: 'strong-proof',
  says: 'It proves itself in no way that is known to be weak.',
  rules: [
    'host-weak-ssh-key',
    'host-private-key-without-passphrase',
    'host-ssh-password-login',
    'host-ssh-root-password',
    'postgres-password-verifier',
    'postgres-host-rule',
    'aws-console-without-mfa',
    'aws-instance-metadata-open',
    'mcp-server-unprotected',
  ],
}

export const strongKeys: Claim = {
  id: 'strong-keys',
  says: 'Its keys are of a kind and length that cannot be broken today.',
  rules: ['host-weak-ssh-key'],
}

export const keptStrongly: Claim = {
  id: 'kept-strongly',
  says: 'Its passwords and keys are stored under strong cryptography.',
  rules: ['postgres-password-verifier', 'postgres-stored-password', 'host-private-key-without-passphrase'],
}

export const federated: Claim = {
  id: 'federated',
  says: 'Where it could prove itself without a lasting secret, it has none.',
  rules: [
    'identity-static-beside-federation',
    'git-cloud-key-in-pipeline',
    'git-static-key-declared',
    'host-static-cloud-key',
  ],
}

export const trustBound: Claim = {
  id: 'trust-bound',
  says: 'Who may take it is bound by a condition.',
  rules: [
    'federation-without-condition',
    'aws-federation-without-audience',
    'aws-role-open-to-anybody',
    'aws-role-without-external-id',
  ],
}

export const noPersonUsesIt: Claim = {
  id: 'no-person-uses-it',
  says: 'No person logs in as it, and it cannot be logged in to like a person.',
  risks: ['NHI10'],
}

export const notShared: Claim = {
  id: 'not-shared',
  says: 'It serves one application, and its credentials serve it alone.',
  risks: ['NHI9'],
}

export const ownName: Claim = {
  id: 'own-name',
  says: 'It has a name and number of its own.',
  rules: [
    'host-shared-uid',
    'postgres-shared-role',
    'git-kubernetes-shared-account',
    'host-account-runs-many-services',
    'credential-shared-with-person',
  ],
}

export const apart: Claim = {
  id: 'apart',
  says: 'It does not reach from one environment into another.',
  risks: ['NHI8'],
}

export const suppliers: Claim = {
  id: 'suppliers',
  says: 'What outsiders run here is bounded and fixed to what was looked at.',
  risks: ['NHI3'],
}

export const deployed: Claim = {
  id: 'deployed',
  says: 'Pipelines and clouds hand it out to nobody else.',
  risks: ['NHI6'],
}

export const leaked: Claim = { id: 'leaked', says: 'No rule finds a copy of its secret out of place.', risks: ['NHI2'] }

export const offboarded: Claim = {
  id: 'offboarded',
  says: 'It is in use, owned, and nothing of it is left over.',
  risks: ['NHI1'],
}

export const authenticated: Claim = {
  id: 'authenticated',
  says: 'No rule finds it proving itself insecurely.',
  risks: ['NHI4'],
}

export const shortLived: Claim = {
  id: 'short-lived',
  says: 'No rule finds it with a secret that lives too long.',
  risks: ['NHI7'],
}

export const agentsBounded: Claim = {
  id: 'agents-bounded',
  says: 'An AI agent among them asks before it acts and cannot carry private data out.',
  rules: ['agent-acts-without-asking', 'agent-toxic-trio'],
}

export const replacedWhenKnown: Claim = {
  id: 'replaced-when-known',
  says: 'No credential that others are known to have is still in force.',
  rules: ['aws-key-quarantined', 'git-secret-in-code', 'git-secret-in-history', 'git-private-key'],
}

/** Key types of NIST SP 800-57: nothing of the kind is in use longer than its cryptoperiod. */
export const cryptoperiod = (id: string, says: string): Claim => ({
  id: `cryptoperiod-${id}`,
  says,
  facts: [`cryptoperiod-${id}`],
})
