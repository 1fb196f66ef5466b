import { OwnerLine } from '../parts/owner-line.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  accountable: (
    <div className="facets-line">
      <OwnerLine owner={{ name: 'Noor Easton' }} suggested={null} />
    </div>
  ),
  'accountable, and has left': (
    <div className="facets-line">
      <OwnerLine owner={{ name: 'Jonas Reyk', left: true }} suggested={null} />
    </div>
  ),
  'nobody, one suggested': (
    <div className="facets-line">
      <OwnerLine owner={null} suggested={{ person: { key: 'person:m@x', name: 'Mara Quill' }, because: [] }} />
    </div>
  ),
}
