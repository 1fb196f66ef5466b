import { cis } from './cis.ts'
import type { Framework } from './framework.ts'
import { gdpr } from './gdpr.ts'
import { hipaa } from './hipaa.ts'
import { iso27001 } from './iso-27001.ts'
import { nist80053 } from './nist-800-53.ts'
import { nist80057 } from './nist-800-57.ts'
import { owaspRisks } from './owasp-risks.ts'
import { pciDss } from './pci-dss.ts'
import { soc2 } from './soc2.ts'
import { tenNames } from './ten-names.ts'

/** Every standard that is shown, in the order of screens and papers. */
export const frameworks: readonly Framework[] = [
  owaspRisks,
  tenNames,
  cis,
  pciDss,
  nist80057,
  nist80053,
  soc2,
  iso27001,
  hipaa,
  gdpr,
]
