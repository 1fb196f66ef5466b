import { to } from '../../address.tsx'
import type { Thing } from '../../nouns.ts'

/** Where a thing to know is told whole. A lost verdict that no connection is to blame for is seen among the unknown. */
export const thingPath = ({ opens }: Thing): string =>
  opens.what === 'finding'
    ? to.finding(opens.id)
    : opens.connection === ''
      ? to.findings('verdict:unknown')
      : to.connection(opens.connection)
