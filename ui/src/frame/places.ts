/** The places that work, in groups by the user's job, and who may go there. */
import { useFrame } from '../asking.ts'
import type { IconName } from '../parts/icon.tsx'

export interface Place {
  group: string
  title: string
  href: string
  icon: IconName
  /** The second letter after `g`. */
  key?: string
  /** Whose place it is, where it is not everybody's but an owner's: `too` for an owner as well, `alone` for nobody else. */
  owner?: 'too' | 'alone'
  /** Behind More where the window is narrow. */
  behind?: true
}

export const PLACES: readonly Place[] = [
  { group: '', title: 'Overview', href: '/', icon: 'overview', key: 'o', owner: 'too' },
  { group: 'Estate', title: 'Inventory', href: '/identities', icon: 'inventory', key: 'i', owner: 'too' },
  { group: 'Estate', title: 'Reach', href: '/reach', icon: 'reach', key: 'r', behind: true },
  { group: 'Estate', title: 'Expiry', href: '/expiry', icon: 'expiry', key: 'e', behind: true },
  { group: 'Work', title: 'Findings', href: '/findings', icon: 'findings', key: 'f' },
  { group: 'Work', title: 'Owners', href: '/owners', icon: 'owners', key: 'w', behind: true },
  { group: 'Work', title: 'Plans', href: '/plans', icon: 'wrench', behind: true },
  { group: 'Work', title: 'Inbox', href: '/inbox', icon: 'inbox', key: 'w', owner: 'alone' },
  { group: 'Sources', title: 'Connections', href: '/connections', icon: 'connections', key: 'c' },
  { group: 'Prove', title: 'Reports', href: '/reports', icon: 'reports', behind: true },
  { group: 'Prove', title: 'Rules', href: '/rules', icon: 'rules', behind: true },
  { group: 'Prove', title: 'Audit', href: '/audit', icon: 'audit', behind: true },
  { group: 'Reeve', title: 'Settings', href: '/settings', icon: 'settings', owner: 'too', behind: true },
]

/** An owner sees what they answer for, and nothing of how the whole is run. */
export function useMyPlaces(): readonly Place[] {
  const role = useFrame()?.user.role
  return PLACES.filter(({ owner }) => (role === 'owner' ? owner !== undefined : owner !== 'alone'))
}
