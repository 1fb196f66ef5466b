import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

export const pciDss: Framework = {
  id: 'pci-dss',
  title: 'PCI DSS',
  version: '4.0.1',
  publisher: 'PCI Security Standards Council',
  url: 'https://www.pcisecuritystandards.org/document_library/',
  controls: [
    {
      id: '7.2.5',
      title: 'Least privilege of application and system accounts',
      asks: 'Accounts of applications and systems get the least that their work needs, and reach only what needs them.',
      evidence: [claim.leastPrivilege, claim.noAdministrator, claim.notOpen, claim.apart],
    },
    {
      id: '7.2.5.1',
      title: 'Reviews of application and system accounts',
      asks: 'Their access is looked at again as often as your risk analysis says, what does not fit is mended, and management confirms it.',
      beside: 'The risk analysis that sets how often, and the confirmation by management.',
      evidence: [claim.reviewedThisYear, claim.owned, claim.inUse],
    },
    {
      id: '8.3.2',
      title: 'Strong cryptography for what proves an account',
      asks: 'Passwords and keys cannot be read where they are stored or sent.',
      evidence: [claim.keptStrongly, claim.keptClose],
    },
    {
      id: '8.6.1',
      title: 'Interactive use of application and system accounts',
      asks: 'Nobody logs in as such an account unless an exception was justified, approved, limited in time, and each act can be traced to a person.',
      beside: 'The justification and approval of each exception.',
      evidence: [claim.noPersonUsesIt, claim.useRecorded],
    },
    {
      id: '8.6.2',
      title: 'No passwords in scripts, configuration or code',
      asks: 'The passwords of accounts that could be logged in to stand in no script, configuration file or source code.',
      evidence: [claim.notInCode],
    },
    {
      id: '8.6.3',
      title: 'Change and strength of application and system passwords',
      asks: 'They are changed as often as your risk analysis says and when somebody else may know them, and are strong enough for how long they live.',
      beside: 'The risk analysis that sets how often.',
      evidence: [claim.rotated, claim.replacedWhenKnown, claim.strongProof],
    },
  ],
}
