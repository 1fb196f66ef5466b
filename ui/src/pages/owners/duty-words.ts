import type { Duty } from '../../nouns.ts'

/** What is asked of a person, before the day it is due. */
export const DUTY_WORDS: Record<Duty, string> = {
  confirm: 'confirm by',
  review: 'review by',
  rotate: 'rotate by',
  'replace-owner': 'name somebody new by',
  decommission: 'take down by',
}
