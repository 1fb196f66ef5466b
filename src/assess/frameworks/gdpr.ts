import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

export const gdpr: Framework = {
  id: 'gdpr',
  title: 'GDPR, security and accountability',
  version: 'Regulation (EU) 2016/679',
  publisher: 'European Union',
  url: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
  controls: [
    {
      id: 'Art. 5(1)(f)',
      title: 'Integrity and confidentiality',
      asks: 'Personal data is kept from those who are not authorized.',
      evidence: [claim.notOpen, claim.leaked],
    },
    {
      id: 'Art. 5(2)',
      title: 'Accountability',
      asks: 'You answer for the principles and can show that you keep them.',
      evidence: [claim.owned, claim.purpose, claim.reviewedThisYear, claim.useRecorded],
    },
    {
      id: 'Art. 25',
      title: 'Protection by design and by default',
      asks: 'By default, only what a purpose needs is processed, and it is open to no more than that.',
      evidence: [claim.leastPrivilege, claim.apart, claim.agentsBounded],
    },
    {
      id: 'Art. 28',
      title: 'Processors',
      asks: 'Whoever processes for you gives guarantees, and acts on your instructions alone.',
      beside: 'The contracts with them.',
      evidence: [claim.suppliers],
    },
    {
      id: 'Art. 32(1)(b)',
      title: 'Lasting confidentiality, integrity, availability, resilience',
      asks: 'Systems and services keep these over time, in line with the risk.',
      evidence: [claim.strongProof, claim.rotated, claim.renewed],
    },
    {
      id: 'Art. 32(4)',
      title: 'Only on instruction',
      asks: 'Whoever acts under you and reaches personal data does so only as instructed.',
      evidence: [claim.noPersonUsesIt, claim.noAdministrator],
    },
  ],
}
