import { SuggestedOwner } from '../parts/suggested-owner.tsx'
import { HOSTILE, type Stories } from './story.ts'

export const stories: Stories = {
  'with what it was read from': (
    <SuggestedOwner
      of={{
        person: { key: 'person:m@x', name: 'Mara Quill' },
        because: ['wrote 11 of the last 14 commits to `deploy/`', 'is on the Platform rota', 'created it'],
      }}
    />
  ),
  'a guess': (
    <SuggestedOwner
      of={{
        person: { key: 'person:j@x', name: 'Jonas Reyk' },
        because: ['answers for what stands beside it'],
        confidence: 'low',
      }}
    />
  ),
  'a hostile name': <SuggestedOwner of={{ person: { key: 'person:h@x', name: HOSTILE }, because: [HOSTILE] }} />,
}
