import { Touch } from '../parts/touch.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'four verdicts, each with its reason': (
    <Touch
      of={{
        rotate: {
          answer: 'with-care',
          reason: 'One of three consumers has it in a file.',
          permission: null,
          checks: [],
        },
        narrow: { answer: 'yes', reason: 'Nine of 214 were used.', permission: null, checks: [] },
        disable: { answer: 'no', reason: 'Three consumers called within a day.', permission: null, checks: [] },
        delete: {
          answer: 'unknown',
          reason: 'Not provable yet: usage reaches back 90 days only. One thing more is open.',
          permission: 'journalctl: read',
          checks: [
            {
              says: 'Usage reaches back 90 days only.',
              holds: null,
              permission: 'journalctl: read',
              connection: 'host-a',
            },
            { says: 'It is in force: disable it first.', holds: null, permission: null, connection: null },
            { says: 'A credential of it opens deploy as well.', holds: false, permission: null, connection: null },
            { says: 'Nothing that uses it was found.', holds: true, permission: null, connection: null },
          ],
        },
      }}
    />
  ),
}
