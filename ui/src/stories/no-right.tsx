import { NoRight } from '../parts/no-right.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'who may see it, and whom to ask': <NoRight roles={['operator', 'admin']} ask="Noor Easton" />,
  'nobody is known to ask': <NoRight />,
}
