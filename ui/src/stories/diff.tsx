import { Diff, diffLines } from '../parts/diff.tsx'
import type { Stories } from './story.ts'
import { HOSTILE } from './story.ts'

export const stories: Stories = {
  'a line that goes and two facts that change': (
    <Diff
      title="backup.service"
      note="what would change; nothing has"
      lines={diffLines([
        { of: 'deploy/legacy.env:14', name: 'aws-access-key', from: 'AKIA…MPLE', to: null },
        { name: 'accountable owner', from: 'nobody', to: 'Mara Quill' },
        { name: 'comment', from: null, to: HOSTILE },
      ])}
    />
  ),
}
