import { CopyLine } from '../parts/copy-line.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'the exact grant in one line': <CopyLine text="alter system set log_connections = on" />,
}
