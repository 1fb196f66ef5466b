import { Touch } from '../parts/touch.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'four verdicts, each with its reason': (
    <Touch
      of={{
        rotate: { answer: 'with-care', reason: 'One of three consumers has it in a file.', permission: null },
        narrow: { answer: 'yes', reason: 'Nine of 214 were used.', permission: null },
        disable: { answer: 'no', reason: 'Three consumers called within a day.', permission: null },
        delete: { answer: 'unknown', reason: 'Usage reaches back 90 days only.', permission: 'journalctl: read' },
      }}
    />
  ),
}
