import { useState } from 'react'
import type { Person } from '../nouns.ts'
import { PersonField } from '../parts/person-field.tsx'
import type { Stories } from './story.ts'

function Field({ first, most }: { first: readonly Person[]; most: number }) {
  const [chosen, choose] = useState(first)
  return <PersonField label="Who answers for it" chosen={chosen} most={most} choose={choose} />
}

export const stories: Stories = {
  'nobody chosen': <Field first={[]} most={1} />,
  'two of several': (
    <Field
      first={[
        { key: 'person:m@x', name: 'Mara Quill' },
        { key: 'person:t@x', name: 'Tobias Fenn' },
      ]}
      most={5}
    />
  ),
  'one, and no more': <Field first={[{ key: 'person:m@x', name: 'Mara Quill' }]} most={1} />,
}
