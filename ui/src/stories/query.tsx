import { Problem } from '../http.ts'
import type { Facets as FacetsAnswer } from '../nouns.ts'
import { FacetSheet, Facets, QueryInput } from '../parts/query.tsx'
import type { Stories } from './story.ts'

const facets: FacetsAnswer = {
  facets: [
    {
      field: 'verdict',
      title: 'Verdict',
      values: [
        { value: 'critical', title: 'critical', word: 'verdict:critical', count: 2, chosen: true },
        { value: 'unknown', title: 'unknown', word: 'verdict:unknown', count: 61, chosen: false },
      ],
      more: 0,
    },
    {
      field: 'owner',
      title: 'Owner',
      values: [
        { value: 'none', title: 'nobody', word: 'owner:none', count: 64, chosen: false },
        { value: 'mara', title: 'Mara Quill', word: 'owner:mara', count: 12, chosen: false },
      ],
      more: 9,
    },
  ],
  total: { count: 312, exact: true },
  kinds: [
    { kind: 'identity', count: 312 },
    { kind: 'credential', count: 1204 },
  ],
  asOf: null,
}
const refused = new Problem(400, {
  code: 'query/unknown-field',
  detail: '`onwer` is not a field. Did you mean `owner`?',
  suggestion: 'owner',
})

export const stories: Stories = {
  'the field': <QueryInput q="owner:none" error={null} example="owner:none used:>90d" />,
  'a wrong word, mended with one press': <QueryInput q="onwer:none" error={refused} example="owner:none used:>90d" />,
  'choices with their counts': <Facets facets={facets} q="verdict:critical" kind="identity" stale={false} />,
  'dimmed until new counts come': <Facets facets={facets} q="verdict:critical" kind={null} stale />,
  'at 390 px behind one button': <FacetSheet facets={facets} q="verdict:critical" kind="identity" stale={false} />,
}
