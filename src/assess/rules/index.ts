import type { Rule } from '../../sdk/index.ts'
import { credentialAboutToExpire } from './credential-about-to-expire.ts'
import { credentialAcrossEnvironments } from './credential-across-environments.ts'
import { credentialDormant } from './credential-dormant.ts'
import { credentialExpiredButPresent } from './credential-expired-but-present.ts'
import { credentialInSeveralSystems } from './credential-in-several-systems.ts'
import { credentialLongLived } from './credential-long-lived.ts'
import { credentialOutlivesIdentity } from './credential-outlives-identity.ts'
import { credentialReused } from './credential-reused.ts'
import { credentialSharedWithPerson } from './credential-shared-with-person.ts'
import { federationWithoutCondition } from './federation-without-condition.ts'
import { identityAcrossEnvironments } from './identity-across-environments.ts'
import { identityDormant } from './identity-dormant.ts'
import { identityMadeByLeaver } from './identity-made-by-leaver.ts'
import { identityOwnerGone } from './identity-owner-gone.ts'
import { identityStaticBesideFederation } from './identity-static-beside-federation.ts'
import { identityTakenOverByDirectoryOwner } from './identity-taken-over-by-directory-owner.ts'
import { identityThirdPartyPrivileged } from './identity-third-party-privileged.ts'
import { identityTooManyCredentials } from './identity-too-many-credentials.ts'
import { identityWithoutOwner } from './identity-without-owner.ts'
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

/** Every rule that ships with Reeve, in order of id. */
export const rules: readonly Rule[] = [
  credentialAboutToExpire,
  credentialAcrossEnvironments,
  credentialDormant,
  credentialExpiredButPresent,
  credentialInSeveralSystems,
  credentialLongLived,
  credentialOutlivesIdentity,
  credentialReused,
  credentialSharedWithPerson,
  federationWithoutCondition,
  identityAcrossEnvironments,
  identityDormant,
  identityMadeByLeaver,
  identityOwnerGone,
  identityStaticBesideFederation,
  identityTakenOverByDirectoryOwner,
  identityThirdPartyPrivileged,
  identityTooManyCredentials,
  identityWithoutOwner,
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
]
