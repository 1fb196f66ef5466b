import type { Rule } from '../../sdk/index.ts'
import { agentActsWithoutAsking } from './agent-acts-without-asking.ts'
import { agentToxicTrio } from './agent-toxic-trio.ts'
import { agentWithoutSponsor } from './agent-without-sponsor.ts'
import { awsAccessKeyNeverUsed } from './aws-access-key-never-used.ts'
import { awsAdministrator } from './aws-administrator.ts'
import { awsConsoleWithoutMfa } from './aws-console-without-mfa.ts'
import { awsFederationWithoutAudience } from './aws-federation-without-audience.ts'
import { awsInstanceMetadataOpen } from './aws-instance-metadata-open.ts'
import { awsKeyQuarantined } from './aws-key-quarantined.ts'
import { awsNeverUsed } from './aws-never-used.ts'
import { awsResourceOpenToAnybody } from './aws-resource-open-to-anybody.ts'
import { awsRoleOnManyWorkloads } from './aws-role-on-many-workloads.ts'
import { awsRoleOpenToAnybody } from './aws-role-open-to-anybody.ts'
import { awsRoleTrustsDeleted } from './aws-role-trusts-deleted.ts'
import { awsRoleWithoutExternalId } from './aws-role-without-external-id.ts'
import { awsRootAccessKey } from './aws-root-access-key.ts'
import { awsSecretInVariable } from './aws-secret-in-variable.ts'
import { awsSecretWithoutRotation } from './aws-secret-without-rotation.ts'
import { awsServiceCredentialWithoutEnd } from './aws-service-credential-without-end.ts'
import { awsUserConsoleAndKey } from './aws-user-console-and-key.ts'
import { credentialAboutToExpire } from './credential-about-to-expire.ts'
import { credentialAcrossEnvironments } from './credential-across-environments.ts'
import { credentialDormant } from './credential-dormant.ts'
import { credentialExpiredButPresent } from './credential-expired-but-present.ts'
import { credentialInSeveralSystems } from './credential-in-several-systems.ts'
import { credentialLeftBehind } from './credential-left-behind.ts'
import { credentialLongLived } from './credential-long-lived.ts'
import { credentialOfPersonInWorkload } from './credential-of-person-in-workload.ts'
import { credentialOutlivesIdentity } from './credential-outlives-identity.ts'
import { credentialReused } from './credential-reused.ts'
import { credentialSharedWithPerson } from './credential-shared-with-person.ts'
import { federationWithoutCondition } from './federation-without-condition.ts'
import { gitActionUnpinned } from './git-action-unpinned.ts'
import { gitCloudKeyInPipeline } from './git-cloud-key-in-pipeline.ts'
import { gitCloudPolicyWide } from './git-cloud-policy-wide.ts'
import { gitContainerHoldsHost } from './git-container-holds-host.ts'
import { gitCredentialInRemote } from './git-credential-in-remote.ts'
import { gitKubernetesNeedlessToken } from './git-kubernetes-needless-token.ts'
import { gitKubernetesRoleWide } from './git-kubernetes-role-wide.ts'
import { gitKubernetesSecretInManifest } from './git-kubernetes-secret-in-manifest.ts'
import { gitKubernetesSharedAccount } from './git-kubernetes-shared-account.ts'
import { gitPrivateKey } from './git-private-key.ts'
import { gitSecretBesideCode } from './git-secret-beside-code.ts'
import { gitSecretInCode } from './git-secret-in-code.ts'
import { gitSecretInHistory } from './git-secret-in-history.ts'
import { gitSecretInImage } from './git-secret-in-image.ts'
import { gitStaticKeyDeclared } from './git-static-key-declared.ts'
import { gitTerraformState } from './git-terraform-state.ts'
import { gitWorkflowInheritsSecrets } from './git-workflow-inherits-secrets.ts'
import { gitWorkflowScriptInjection } from './git-workflow-script-injection.ts'
import { gitWorkflowSelfHosted } from './git-workflow-self-hosted.ts'
import { gitWorkflowStrangersCode } from './git-workflow-strangers-code.ts'
import { gitWorkflowTokenWide } from './git-workflow-token-wide.ts'
import { hostAccountRunsManyServices } from './host-account-runs-many-services.ts'
import { hostContainerOwnsHost } from './host-container-owns-host.ts'
import { hostJobRunsDownload } from './host-job-runs-download.ts'
import { hostJobWithoutAccount } from './host-job-without-account.ts'
import { hostLockedAccountAcceptsKey } from './host-locked-account-accepts-key.ts'
import { hostNetworkServiceAsRoot } from './host-network-service-as-root.ts'
import { hostNeverUsedAccount } from './host-never-used-account.ts'
import { hostPrivateKeyReadable } from './host-private-key-readable.ts'
import { hostPrivateKeyWithoutPassphrase } from './host-private-key-without-passphrase.ts'
import { hostRootEquivalentGroup } from './host-root-equivalent-group.ts'
import { hostRunnerCanBecomeRoot } from './host-runner-can-become-root.ts'
import { hostSecretInArguments } from './host-secret-in-arguments.ts'
import { hostSecretInHistory } from './host-secret-in-history.ts'
import { hostSecretInJob } from './host-secret-in-job.ts'
import { hostSecretReadable } from './host-secret-readable.ts'
import { hostServiceAccountCanLogin } from './host-service-account-can-login.ts'
import { hostServiceAccountInteractive } from './host-service-account-interactive.ts'
import { hostSharedUid } from './host-shared-uid.ts'
import { hostSshKeyWithoutEnd } from './host-ssh-key-without-end.ts'
import { hostSshPasswordLogin } from './host-ssh-password-login.ts'
import { hostSshRootPassword } from './host-ssh-root-password.ts'
import { hostStaticCloudKey } from './host-static-cloud-key.ts'
import { hostSudoWithoutPassword } from './host-sudo-without-password.ts'
import { hostVendorAgentAsRoot } from './host-vendor-agent-as-root.ts'
import { hostWeakSshKey } from './host-weak-ssh-key.ts'
import { identityAcrossEnvironments } from './identity-across-environments.ts'
import { identityDormant } from './identity-dormant.ts'
import { identityMadeByLeaver } from './identity-made-by-leaver.ts'
import { identityOwnerGone } from './identity-owner-gone.ts'
import { identityProvedInClear } from './identity-proved-in-clear.ts'
import { identityRightsBeyondUse } from './identity-rights-beyond-use.ts'
import { identityStaticBesideFederation } from './identity-static-beside-federation.ts'
import { identityTakenOverByDirectoryOwner } from './identity-taken-over-by-directory-owner.ts'
import { identityThirdPartyPrivileged } from './identity-third-party-privileged.ts'
import { identityTooManyCredentials } from './identity-too-many-credentials.ts'
import { identityUsedByHand } from './identity-used-by-hand.ts'
import { identityWithoutOwner } from './identity-without-owner.ts'
import { mcpServerGone } from './mcp-server-gone.ts'
import { mcpServerToolsChanged } from './mcp-server-tools-changed.ts'
import { mcpServerUnpinned } from './mcp-server-unpinned.ts'
import { mcpServerUnprotected } from './mcp-server-unprotected.ts'
import { mcpStaticKey } from './mcp-static-key.ts'
import { mcpToolDrift } from './mcp-tool-drift.ts'
import { postgresBypassRowSecurity } from './postgres-bypass-row-security.ts'
import { postgresDefinerFunction } from './postgres-definer-function.ts'
import { postgresGrantedToEverybody } from './postgres-granted-to-everybody.ts'
import { postgresHostRule } from './postgres-host-rule.ts'
import { postgresInteractiveUse } from './postgres-interactive-use.ts'
import { postgresOpenSchema } from './postgres-open-schema.ts'
import { postgresPasswordExpiry } from './postgres-password-expiry.ts'
import { postgresPasswordVerifier } from './postgres-password-verifier.ts'
import { postgresServerPrograms } from './postgres-server-programs.ts'
import { postgresSharedRole } from './postgres-shared-role.ts'
import { postgresStoredPassword } from './postgres-stored-password.ts'
import { postgresSuperuserLogin } from './postgres-superuser-login.ts'
import { secretOpenToEverybody } from './secret-open-to-everybody.ts'

/** Every rule that ships with Reeve, in order of id. */
export const rules: readonly Rule[] = [
  agentActsWithoutAsking,
  agentToxicTrio,
  agentWithoutSponsor,
  awsAccessKeyNeverUsed,
  awsAdministrator,
  awsConsoleWithoutMfa,
  awsFederationWithoutAudience,
  awsInstanceMetadataOpen,
  awsKeyQuarantined,
  awsNeverUsed,
  awsResourceOpenToAnybody,
  awsRoleOnManyWorkloads,
  awsRoleOpenToAnybody,
  awsRoleTrustsDeleted,
  awsRoleWithoutExternalId,
  awsRootAccessKey,
  awsSecretInVariable,
  awsSecretWithoutRotation,
  awsServiceCredentialWithoutEnd,
  awsUserConsoleAndKey,
  credentialAboutToExpire,
  credentialAcrossEnvironments,
  credentialDormant,
  credentialExpiredButPresent,
  credentialInSeveralSystems,
  credentialLeftBehind,
  credentialLongLived,
  credentialOfPersonInWorkload,
  credentialOutlivesIdentity,
  credentialReused,
  credentialSharedWithPerson,
  federationWithoutCondition,
  gitActionUnpinned,
  gitCloudKeyInPipeline,
  gitCloudPolicyWide,
  gitContainerHoldsHost,
  gitCredentialInRemote,
  gitKubernetesNeedlessToken,
  gitKubernetesRoleWide,
  gitKubernetesSecretInManifest,
  gitKubernetesSharedAccount,
  gitPrivateKey,
  gitSecretBesideCode,
  gitSecretInCode,
  gitSecretInHistory,
  gitSecretInImage,
  gitStaticKeyDeclared,
  gitTerraformState,
  gitWorkflowInheritsSecrets,
  gitWorkflowScriptInjection,
  gitWorkflowSelfHosted,
  gitWorkflowStrangersCode,
  gitWorkflowTokenWide,
  hostAccountRunsManyServices,
  hostContainerOwnsHost,
  hostJobRunsDownload,
  hostJobWithoutAccount,
  hostLockedAccountAcceptsKey,
  hostNetworkServiceAsRoot,
  hostNeverUsedAccount,
  hostPrivateKeyReadable,
  hostPrivateKeyWithoutPassphrase,
  hostRootEquivalentGroup,
  hostRunnerCanBecomeRoot,
  hostSecretInArguments,
  hostSecretInHistory,
  hostSecretInJob,
  hostSecretReadable,
  hostServiceAccountCanLogin,
  hostServiceAccountInteractive,
  hostSharedUid,
  hostSshKeyWithoutEnd,
  hostSshPasswordLogin,
  hostSshRootPassword,
  hostStaticCloudKey,
  hostSudoWithoutPassword,
  hostVendorAgentAsRoot,
  hostWeakSshKey,
  identityAcrossEnvironments,
  identityDormant,
  identityMadeByLeaver,
  identityOwnerGone,
  identityProvedInClear,
  identityRightsBeyondUse,
  identityStaticBesideFederation,
  identityTakenOverByDirectoryOwner,
  identityThirdPartyPrivileged,
  identityTooManyCredentials,
  identityUsedByHand,
  identityWithoutOwner,
  mcpServerGone,
  mcpServerToolsChanged,
  mcpServerUnpinned,
  mcpServerUnprotected,
  mcpStaticKey,
  mcpToolDrift,
  postgresBypassRowSecurity,
  postgresDefinerFunction,
  postgresGrantedToEverybody,
  postgresHostRule,
  postgresInteractiveUse,
  postgresOpenSchema,
  postgresPasswordExpiry,
  postgresPasswordVerifier,
  postgresServerPrograms,
  postgresSharedRole,
  postgresStoredPassword,
  postgresSuperuserLogin,
  secretOpenToEverybody,
]
