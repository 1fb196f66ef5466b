import { OwnerFacts } from '../parts/owner-facts.tsx'
import type { Stories } from './story.ts'
import { AT, ref } from './story.ts'

export const stories: Stories = {
  'nobody, one suggested; the directory could not be read': (
    <dl className="facts">
      <OwnerFacts
        of={{
          accountable: null,
          team: null,
          backup: null,
          certified: null,
          suggested: {
            person: { key: 'person:m@x', name: 'Mara Quill' },
            because: ['wrote 11 of the last 14 commits.'],
          },
          directory: { unknown: 'sudoers could not be read', permission: 'read /etc/sudoers' },
        }}
      />
    </dl>
  ),
  'accountable and directory owner apart': (
    <dl className="facts">
      <OwnerFacts
        of={{
          accountable: {
            key: 'person:n@x',
            name: 'Noor Easton',
            left: false,
            assignedBy: 'Ada Planter',
            confirmed: AT,
          },
          team: { id: 'platform', name: 'Platform' },
          backup: { key: 'person:t@x', name: 'Tobias Fenn' },
          certified: { person: { key: 'person:n@x', name: 'Noor Easton' }, at: AT },
          suggested: null,
          directory: {
            value: [{ ...ref('host:a/user/root', 'identity', 'linux_user', 'root'), how: 'can write to it' }],
          },
        }}
      />
    </dl>
  ),
}
