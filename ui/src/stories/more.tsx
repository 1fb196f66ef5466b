import { More } from '../parts/more.tsx'
import type { Stories } from './story.ts'

const pages = { hasNextPage: true, isFetchingNextPage: false, fetchNextPage: async () => {} }

export const stories: Stories = {
  'more is there': <More of={pages} />,
  'older ones, on their way': <More of={{ ...pages, isFetchingNextPage: true }} says="Show earlier ones" />,
}
