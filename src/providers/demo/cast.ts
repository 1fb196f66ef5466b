/** The stories: identities whose truth is written by hand, among them the hard cases. */
import type { Scene } from './scene.ts'
import { leakStories } from './stories-leaks.ts'
import { leavingStories } from './stories-leaving.ts'
import { peopleStories } from './stories-people.ts'
import { rightsStories } from './stories-rights.ts'
import { timeStories } from './stories-time.ts'

const stories: readonly ((scene: Scene) => void)[] = [
  ...leakStories,
  ...leavingStories,
  ...rightsStories,
  ...timeStories,
  ...peopleStories,
]

export function tellCast(scene: Scene): void {
  for (const story of stories) story(scene)
}
