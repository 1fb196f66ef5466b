import { Copy } from '../parts/copy.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'the exact grant': (
    <Copy says="read only; copy and give to whoever runs it" text="grant pg_monitor to reeve_reader;" />
  ),
}
