import type { Rule } from '../../sdk/index.ts'
import { credentialAboutToExpire } from './credential-about-to-expire.ts'
import { credentialExpiredButPresent } from './credential-expired-but-present.ts'
import { credentialLongLived } from './credential-long-lived.ts'
import { identityDormant } from './identity-dormant.ts'
import { identityOwnerGone } from './identity-owner-gone.ts'
import { identityTakenOverByDirectoryOwner } from './identity-taken-over-by-directory-owner.ts'
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
  credentialExpiredButPresent,
  credentialLongLived,
  identityDormant,
  identityOwnerGone,
  identityTakenOverByDirectoryOwner,
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
