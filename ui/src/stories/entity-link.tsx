import { EntityLink } from '../parts/entity-link.tsx'
import type { Stories } from './story.ts'
import { AT, HOSTILE, ref } from './story.ts'

export const stories: Stories = {
  'with its kind': <EntityLink of={ref('host:a/user/backup', 'identity', 'linux_user', 'backup')} />,
  'deleted at its source': (
    <EntityLink of={{ ...ref('person:j@x', 'person', 'person', 'Jonas Reyk'), gone: AT }} icon={false} />
  ),
  'a hostile name': <EntityLink of={ref('host:b', null, '', HOSTILE)} />,
}
