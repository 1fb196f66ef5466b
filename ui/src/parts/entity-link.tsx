/** A thing of the estate by its name, as the way to its card. */
import { to } from '../address.tsx'
import type { EntityRef } from '../nouns.ts'
import { date } from '../words.ts'
import { KindIcon } from './kind-icon.tsx'
import { Name } from './name.tsx'
import './entity-link.css'

export const EntityLink = ({ of, icon = true }: { of: EntityRef; icon?: boolean }) => (
  <span className="entity">
    {icon && <KindIcon kind={of.kind} type={of.type} named />}
    <a className="link" href={to.entity(of.key)}>
      <Name text={of.name} longest={90} />
    </a>
    {of.gone !== null && <span className="meta"> deleted {date(of.gone)}</span>}
  </span>
)
