import { Ledger, LedgerWords } from '../parts/ledger.tsx'
import type { Stories } from './story.ts'
import { bar } from './story.ts'

const line = (asked: number, refused: number, stale: number, untold = 0) => (
  <>
    <Ledger bar={bar(asked, refused, stale, untold)} tall />
    <LedgerWords bar={bar(asked, refused, stale, untold)} />
  </>
)

export const stories: Stories = {
  whole: line(12, 0, 0),
  'refused and kept from an earlier read': line(4079, 100, 95),
  'nothing lately': line(95, 0, 95),
  'listings that do not say how many they have': line(40, 8, 0, 2),
  'nothing asked yet': line(0, 0, 0),
}
