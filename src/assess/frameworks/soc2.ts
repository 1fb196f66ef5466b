import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

export const soc2: Framework = {
  id: 'soc-2',
  title: 'SOC 2, Trust Services Criteria',
  version: '2017, with the points of focus of 2022',
  publisher: 'AICPA',
  url: 'https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
  controls: [
    {
      id: 'CC6.1',
      title: 'Logical access to what is protected',
      asks: 'Infrastructure, software and data are guarded: identities are known, prove themselves, and their credentials and keys are protected.',
      evidence: [claim.strongProof, claim.notInCode, claim.keptClose, claim.notOpen],
    },
    {
      id: 'CC6.2',
      title: 'Registered before, removed after',
      asks: 'Identities get credentials when somebody has authorized them, and lose them when they are no longer authorized.',
      evidence: [claim.owned, claim.ended, claim.inUse],
    },
    {
      id: 'CC6.3',
      title: 'Rights by role, least privilege, duties apart',
      asks: 'Access is given, changed and taken away by role, with no more than is needed.',
      evidence: [claim.leastPrivilege, claim.noAdministrator, claim.noPersonUsesIt, claim.reviewedThisYear],
    },
    {
      id: 'CC6.6',
      title: 'Threats from outside',
      asks: 'What is outside the boundary gets in only as it was allowed to.',
      evidence: [claim.trustBound, claim.deployed],
    },
    {
      id: 'CC6.8',
      title: 'No unauthorized software',
      asks: 'Software that nobody authorized is kept out or found.',
      evidence: [claim.suppliers],
    },
    {
      id: 'CC7.2',
      title: 'Watching for anomalies',
      asks: 'What identities do can be seen, so that what is odd is noticed.',
      evidence: [claim.useRecorded],
    },
    {
      id: 'CC8.1',
      title: 'Changes, and environments apart',
      asks: 'Changes are made outside of production, and what they use does not reach into it.',
      evidence: [claim.apart],
    },
    {
      id: 'CC9.2',
      title: 'Vendors and partners',
      asks: 'Risks from vendors are judged and managed.',
      beside: 'The assessment of each vendor.',
      evidence: [claim.suppliers, claim.trustBound],
    },
  ],
}
