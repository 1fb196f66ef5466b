import { Partial } from '../parts/partial.tsx'
import type { Stories } from './story.ts'
import { bar } from './story.ts'

export const stories: Stories = {
  'a list that is not whole': <Partial bar={bar(4079, 100, 95)}>3 repositories and one region are missing.</Partial>,
}
