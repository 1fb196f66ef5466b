/** The stories: identities whose truth is written by hand, among them the hard cases. */
import type { Scene } from './scene.ts'

const stories: readonly ((scene: Scene) => void)[] = []

export function tellCast(scene: Scene): void {
  for (const story of stories) story(scene)
}
