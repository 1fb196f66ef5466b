import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

export const cis: Framework = {
  id: 'cis-controls',
  title: 'CIS Critical Security Controls',
  version: '8.1 (June 2024)',
  publisher: 'Center for Internet Security',
  url: 'https://www.cisecurity.org/controls',
  controls: [
    {
      id: '3.3',
      title: 'Access to data as needed',
      asks: 'Lists of who may reach data follow the need to know, for applications as for people.',
      evidence: [claim.notOpen, claim.leastPrivilege],
    },
    {
      id: '5.1',
      title: 'Inventory of accounts',
      asks: 'All accounts are listed, and each that is active is confirmed at least each quarter.',
      beside: 'The confirmation of people’s accounts; Reeve judges those of machines.',
      evidence: [claim.owned, claim.reviewedThisQuarter],
    },
    {
      id: '5.2',
      title: 'Passwords of their own',
      asks: 'No two accounts share a password.',
      evidence: [claim.notShared],
    },
    {
      id: '5.3',
      title: 'Dormant accounts',
      asks: 'An account that was not used for 45 days is disabled or deleted, where that can be done.',
      evidence: [claim.inUse],
    },
    {
      id: '5.4',
      title: 'Administrator rights on accounts made for them',
      asks: 'Rights of an administrator are held by accounts that serve nothing else.',
      evidence: [claim.noAdministrator],
    },
    {
      id: '5.5',
      title: 'Inventory of service accounts',
      asks: 'Service accounts are listed with the owner, the purpose and the date of the review, and each is confirmed at least each quarter.',
      evidence: [claim.owned, claim.purpose, claim.reviewedThisQuarter, claim.inUse],
    },
    {
      id: '6.2',
      title: 'Ending access',
      asks: 'Access ends at once when it is no longer wanted, by disabling rather than deleting so that the trail stays.',
      evidence: [claim.ended],
    },
    {
      id: '6.5',
      title: 'A second factor for administrators',
      asks: 'Whoever administers proves themselves by more than one factor.',
      evidence: [
        {
          ...claim.strongProof,
          id: 'second-factor',
          says: 'No console opens without a second factor.',
          rules: ['aws-console-without-mfa'],
        },
      ],
    },
    {
      id: '6.8',
      title: 'Access by role',
      asks: 'What each role needs is written down, and nobody holds more; looked at again each year.',
      beside: 'The description of roles.',
      evidence: [claim.leastPrivilege],
    },
    {
      id: '15.7',
      title: 'Parting from service providers',
      asks: 'When a provider leaves, its user and service accounts and its flows of data end.',
      evidence: [claim.suppliers, claim.ended],
    },
    {
      id: '16.8',
      title: 'Production apart from the rest',
      asks: 'Systems of production are kept apart from those that are not.',
      evidence: [claim.apart],
    },
  ],
}
