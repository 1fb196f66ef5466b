/** A team: its name, the one person who answers, who else belongs to it, and where it is reached. */
import { useState } from 'react'
import { forgetEstate, takeBack, useAct } from '../../acting.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { Person, Team } from '../../nouns.ts'
import { Layer } from '../../parts/layer.tsx'
import { PersonField } from '../../parts/person-field.tsx'
import { Refused } from '../../parts/refused.tsx'
import { some } from '../../words.ts'

export function TeamSheet({
  of,
  taken,
  close,
}: {
  of: Team | null
  /** Ids that other teams have. */
  taken: readonly string[]
  close: () => void
}) {
  const [name, setName] = useState(of?.name ?? '')
  const [accountable, setAccountable] = useState<Person | null>(of?.accountable ?? null)
  const [members, setMembers] = useState<readonly Person[]>(
    of?.members.filter(({ key }) => key !== of.accountable.key) ?? [],
  )
  const [contact, setContact] = useState(of?.contact ?? '')
  const { busy, refused, run } = useAct()
  const save = async () => {
    const { undo } = await ask<{ undo: string | null }>(`/v1/teams/${of?.id ?? newId(name, taken)}`, {
      method: 'PUT',
      body: {
        name: name.trim(),
        accountable: accountable!.key,
        members: members.map(({ key }) => key),
        contact: contact.trim() || null,
      },
    })
    tell(
      of ? `${name.trim().slice(0, 60)} is changed.` : `${name.trim().slice(0, 60)} is a team now.`,
      undo === null ? undefined : () => void takeBack(undo),
    )
    await forgetEstate()
  }
  const remove = async () => {
    await ask(`/v1/teams/${of!.id}`, { method: 'DELETE' })
    tell(`${of!.name.slice(0, 60)} is no team any more.`)
    await forgetEstate()
  }
  const end = (change: () => Promise<unknown>) => void run(change).then((done) => done && close())
  return (
    <Layer title={of ? 'Change the team' : 'Add a team'} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          end(save)
        }}
      >
        <label className="field">
          <span className="label">Name</span>
          <input
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="off"
          />
        </label>
        <PersonField
          label="Who answers for it"
          chosen={accountable ? [accountable] : []}
          most={1}
          choose={([one = null]) => setAccountable(one)}
        />
        <PersonField label="Who else belongs to it" chosen={members} most={200} choose={setMembers} />
        <label className="field">
          <span className="label">Where it is reached (optional)</span>
          <input
            maxLength={200}
            value={contact}
            onChange={(event) => setContact(event.target.value)}
            autoComplete="off"
            placeholder="#platform, platform@larkfield.example"
          />
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy || name.trim() === '' || !accountable}>
            {of ? 'Change it' : 'Add it'}
          </button>
          {of && of.owned === 0 && (
            <button type="button" className="button bare" disabled={busy} onClick={() => end(remove)}>
              End the team
            </button>
          )}
        </div>
        {of && of.owned > 0 && (
          <p className="meta">
            It answers for {some(of.owned, 'identity', 'identities')}. A new accountable person answers for{' '}
            {of.owned === 1 ? 'it' : 'all of them'} at once.
          </p>
        )}
      </form>
    </Layer>
  )
}

/** An id that can be read, made of the name. */
function newId(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 56)
  const id = plain === '' ? 'team' : plain
  let n = 1
  while (taken.includes(n === 1 ? id : `${id}-${n}`)) n++
  return n === 1 ? id : `${id}-${n}`
}
