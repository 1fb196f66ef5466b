import * as claim from './claims.ts'
import type { Control, Framework } from './framework.ts'
import { OWASP } from './owasp.ts'

const control = (id: keyof typeof OWASP, asks: string, by: Control['evidence'][number]): Control => ({
  id,
  title: OWASP[id].title,
  asks,
  evidence: [by],
})

/** OWASP's ten risks, each with all rules that bear its id. */
export const owaspRisks: Framework = {
  id: 'owasp-nhi',
  title: 'OWASP Non-Human Identities Top 10',
  version: '2025',
  publisher: 'OWASP Foundation',
  url: 'https://owasp.org/www-project-non-human-identities-top-10/2025/',
  controls: [
    control('NHI1', 'An identity that is no longer needed is ended, with all that proves it.', claim.offboarded),
    control('NHI2', 'Secrets stand only where they belong.', claim.leaked),
    control('NHI3', 'What others wrote or run gets no more than it needs, and cannot change unseen.', claim.suppliers),
    control('NHI4', 'Identities prove themselves by methods that hold.', claim.authenticated),
    control('NHI5', 'Identities hold no more than their work needs.', claim.leastPrivilege),
    control('NHI6', 'Pipelines and clouds are set up so that nobody else can take an identity.', claim.deployed),
    control('NHI7', 'Secrets live shortly, and are replaced in time.', claim.shortLived),
    control('NHI8', 'Development, test and production do not share identities.', claim.apart),
    control('NHI9', 'Each identity and credential serves one application.', claim.notShared),
    control('NHI10', 'People do not act as machines.', claim.noPersonUsesIt),
  ],
}
