import { UseStrip } from '../parts/use-strip.tsx'
import type { Stories } from './story.ts'
import { AT } from './story.ts'

export const stories: Stories = {
  'nine days that could not be read': (
    <UseStrip until={AT} days={Array.from({ length: 30 }, (_, i) => (i < 9 ? null : (i * 7) % 5))} />
  ),
  'not used': <UseStrip until={AT} days={Array.from({ length: 30 }, () => 0)} />,
}
