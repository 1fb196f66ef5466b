import { Waiting } from '../parts/waiting.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'rows of true height': <Waiting rows={4} />,
}
