/** A connection is removed by whoever can say its name. */
import { go } from '../../address.tsx'
import { forget } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { ConnectionRow } from '../../nouns.ts'
import { Name } from '../../parts/name.tsx'
import { PlanSheet } from '../../parts/plan-sheet.tsx'
import { some } from '../../words.ts'

export const Remove = ({ of, close }: { of: ConnectionRow; close: () => void }) => (
  <PlanSheet
    title="Remove this connection"
    of={of.connection}
    close={close}
    change={[]}
    whom={
      <>
        <Name text={of.title} longest={100} /> is read no more and its sealed settings are destroyed. Of{' '}
        {some(of.entities, 'thing')} it described, what no other source describes leaves the estate; history keeps it.
        The source itself is not touched.
      </>
    }
    effect="destructive"
    back="Connect it anew, with its credentials at hand. To stop reading for a while, pause it instead."
    act="Remove the connection"
    run={async () => {
      await ask(`/v1/connections/${encodeURIComponent(of.connection)}`, { method: 'DELETE' })
      tell('The connection is removed.')
      await forget('/v1/')
      go('/connections')
    }}
  />
)
