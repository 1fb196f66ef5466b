import * as claim from './claims.ts'
import type { Framework } from './framework.ts'

export const iso27001: Framework = {
  id: 'iso-27001',
  title: 'ISO/IEC 27001, Annex A',
  version: '2022',
  publisher: 'ISO and IEC',
  url: 'https://www.iso.org/standard/27001',
  controls: [
    {
      id: 'A.5.9',
      title: 'Inventory, with owners',
      asks: 'Information and what belongs to it is listed, with an owner for each.',
      evidence: [claim.owned, claim.purpose],
    },
    {
      id: 'A.5.15',
      title: 'Access control',
      asks: 'Rules for access follow what the work and its risk need.',
      beside: 'The policy itself.',
      evidence: [claim.notOpen, claim.leastPrivilege],
    },
    {
      id: 'A.5.16',
      title: 'Identity management',
      asks: 'Identities are managed from the first day to the last; those that are not human have approval and a person behind them.',
      evidence: [claim.owned, claim.ownName, claim.ended],
    },
    {
      id: 'A.5.17',
      title: 'Authentication information',
      asks: 'What proves an identity is given out, kept and changed by a process.',
      evidence: [claim.notInCode, claim.rotated, claim.keptClose],
    },
    {
      id: 'A.5.18',
      title: 'Access rights',
      asks: 'Rights are given, looked at again, changed and taken away as your policy says.',
      evidence: [claim.reviewedThisYear, claim.inUse, claim.leastPrivilege, claim.ended],
    },
    {
      id: 'A.5.19',
      title: 'Suppliers',
      asks: 'The risk that comes with what suppliers provide is managed.',
      beside: 'The agreements with them.',
      evidence: [claim.suppliers],
    },
    {
      id: 'A.5.23',
      title: 'Cloud services',
      asks: 'Clouds are taken up, used and left in a way that fits your needs for security.',
      evidence: [claim.deployed, claim.federated],
    },
    {
      id: 'A.8.2',
      title: 'Privileged access',
      asks: 'Privileged rights are few and managed.',
      evidence: [claim.noAdministrator],
    },
    {
      id: 'A.8.3',
      title: 'Restricted access to information',
      asks: 'Information can be reached as the policy says and not otherwise.',
      evidence: [claim.notOpen],
    },
    {
      id: 'A.8.5',
      title: 'Secure authentication',
      asks: 'Identities prove themselves in a way that fits what they open.',
      evidence: [claim.strongProof, claim.federated],
    },
    {
      id: 'A.8.15',
      title: 'Logging',
      asks: 'What is done is recorded.',
      evidence: [claim.useRecorded],
    },
    {
      id: 'A.8.24',
      title: 'Cryptography and keys',
      asks: 'Rules for cryptography, and for the life of keys, are kept.',
      evidence: [claim.strongKeys, claim.rotated, claim.renewed],
    },
    {
      id: 'A.8.31',
      title: 'Development, test and production apart',
      asks: 'The environments are apart, and secured.',
      evidence: [claim.apart],
    },
  ],
}
