/** What may be pressed about who answers for it: accept, name somebody, name a backup, and an owner's own word. */
import { useState } from 'react'
import { assignBackup, assignOwner, useAct } from '../../acting.ts'
import { useFrame, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import type { Card } from '../../nouns.ts'
import { Name } from '../../parts/name.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Refused } from '../../parts/refused.tsx'
import { say } from '../inbox/answering.ts'
import { Difference } from '../plans/differences.tsx'

export const OwnerActs = ({ of }: { of: Card }) => (
  <>
    <OwnerButtons of={of} />
    {of.tagDifference && <Difference of={of.tagDifference} />}
  </>
)

function OwnerButtons({ of: { entity, owners } }: { of: Card }) {
  const may = useMay('owner')
  const me = useFrame()?.user.person
  const [sheet, setSheet] = useState<'owner' | 'backup' | null>(null)
  const { busy, refused, run } = useAct()
  useKeys(may ? { a: () => setSheet('owner') } : {})
  if (!may) return null
  const { accountable } = owners
  const suggested = owners.suggested?.person ?? null
  const accept = suggested !== null && accountable === null
  return (
    <span className="row owner-acts">
      {accept && (
        <button
          type="button"
          className="button small"
          disabled={busy}
          onClick={() => void run(() => assignOwner(entity.key, entity.name, suggested))}
        >
          <span>
            Accept <Name text={suggested.name.split(/[\s@]/)[0]!} longest={20} />
          </span>
        </button>
      )}
      {accountable && accountable.key === me && (
        <button
          type="button"
          className="button small"
          disabled={busy}
          onClick={() => void run(() => say({ entity }, { answer: 'mine' }, { of: null, note: '' }))}
        >
          Mine, still needed
        </button>
      )}
      <button type="button" className={accept ? 'button small bare' : 'button small'} onClick={() => setSheet('owner')}>
        {accountable ? 'Change' : suggested ? 'Other' : 'Assign'}
      </button>
      {accountable && (
        <button type="button" className="button small bare" onClick={() => setSheet('backup')}>
          Backup
        </button>
      )}
      <Refused error={refused} />
      {sheet === 'owner' && (
        <OwnerSheet
          of={entity.name}
          suggested={suggested}
          teams
          close={() => setSheet(null)}
          act={(person) => assignOwner(entity.key, entity.name, person)}
        />
      )}
      {sheet === 'backup' && (
        <OwnerSheet
          of={entity.name}
          title="Who is the backup?"
          says="This person gets what the accountable owner leaves undone, and is never accountable."
          suggested={null}
          close={() => setSheet(null)}
          act={(person) => assignBackup(entity.key, entity.name, person)}
        />
      )}
    </span>
  )
}
