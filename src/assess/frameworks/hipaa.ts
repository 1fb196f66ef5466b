import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

export const hipaa: Framework = {
  id: 'hipaa',
  title: 'HIPAA Security Rule',
  version: '45 CFR Part 164 Subpart C, as of 2013',
  publisher: 'US Department of Health and Human Services',
  url: 'https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C',
  controls: [
    {
      id: '164.308(a)(3)(ii)(C)',
      title: 'Ending access',
      asks: 'Access ends when the work or the relation does.',
      evidence: [claim.ended, claim.owned],
    },
    {
      id: '164.308(a)(4)(ii)(C)',
      title: 'Giving and changing access',
      asks: 'A right of access is given, documented, looked at again and changed by policy.',
      beside: 'The policy, and who authorized each.',
      evidence: [claim.owned, claim.reviewedThisYear, claim.inUse],
    },
    {
      id: '164.308(a)(5)(ii)(D)',
      title: 'Passwords',
      asks: 'Passwords are made, changed and safeguarded by a procedure.',
      evidence: [claim.rotated, claim.notInCode],
    },
    {
      id: '164.308(b)(1)',
      title: 'Business associates',
      asks: 'Whoever handles health information for you does so under an assurance.',
      beside: 'The contracts.',
      evidence: [claim.suppliers, claim.trustBound],
    },
    {
      id: '164.312(a)(1)',
      title: 'Access control',
      asks: 'Only persons and programs that were granted access reach electronic health information.',
      evidence: [claim.leastPrivilege, claim.notOpen],
    },
    {
      id: '164.312(a)(2)(i)',
      title: 'Names of their own',
      asks: 'Each user has a unique name or number by which it is traced.',
      evidence: [claim.ownName, claim.noPersonUsesIt],
    },
    {
      id: '164.312(b)',
      title: 'Audit',
      asks: 'What happens in systems with health information is recorded and examined.',
      evidence: [claim.useRecorded],
    },
    {
      id: '164.312(d)',
      title: 'Proof of who asks',
      asks: 'A person or entity that wants access is verified to be the one it claims to be.',
      evidence: [claim.strongProof, claim.trustBound],
    },
    {
      id: '164.312(e)(1)',
      title: 'On the way',
      asks: 'What is sent over a network is guarded against others.',
      evidence: [
        {
          id: 'sent-encrypted',
          says: 'It proves itself over no connection that others can read.',
          rules: ['postgres-host-rule', 'mcp-server-unprotected'],
        },
      ],
    },
  ],
}
