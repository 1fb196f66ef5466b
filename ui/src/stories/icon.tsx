import { Icon, type IconName, Logo, ThemeIcon } from '../parts/icon.tsx'
import type { Stories } from './story.ts'

const ICONS: IconName[] = [
  'overview',
  'inventory',
  'findings',
  'connections',
  'rules',
  'audit',
  'settings',
  'reach',
  'plus',
  'minus',
  'whole',
  'search',
  'more',
  'next',
  'close',
  'down',
  'filter',
  'undo',
  'wrench',
  'read',
  'link',
  'check',
  'sorted',
  'leave',
  'person',
]

export const stories: Stories = {
  'places and verbs': (
    <div className="row">
      {ICONS.map((name) => (
        <span key={name} className="beside">
          <Icon name={name} />
          {name}
        </span>
      ))}
    </div>
  ),
  'the sign of Reeve, and the turn of the theme': (
    <div className="row">
      <Logo />
      <ThemeIcon />
    </div>
  ),
}
