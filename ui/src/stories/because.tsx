import { Because } from '../parts/because.tsx'
import type { Stories } from './story.ts'
import { AT } from './story.ts'

export const stories: Stories = {
  'evidence, one piece of it from a listing that was refused in part': (
    <Because
      evidence={[
        {
          number: 1,
          says: '`/etc/sudoers.d/backup` line 3 grants `ALL=(ALL) NOPASSWD: ALL`.',
          connection: 'host-a',
          collection: 'sudo',
          source: 'host a',
          readAt: AT,
          ledger: '14 of 14 files read',
          complete: true,
        },
        {
          number: 2,
          says: 'It was used last night.',
          connection: 'host-a',
          collection: 'sudo',
          source: 'host a',
          readAt: AT,
          ledger: 'auth.log was refused',
          complete: false,
        },
      ]}
    />
  ),
}
