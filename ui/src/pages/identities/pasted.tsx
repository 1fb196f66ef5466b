/** `/k/<any id>`: what somebody pasted into chat at 03:00 leads to its card. */
import { useEffect } from 'react'
import { go, to } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import { openPalette } from '../../frame/frame.tsx'
import { recognise } from '../../frame/recognise.ts'
import { useTitle } from '../../frame/title.ts'
import type { Found } from '../../nouns.ts'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code } from '../../parts/name.tsx'
import { Waiting } from '../../parts/waiting.tsx'

export function Pasted({ id = '' }: { id?: string }) {
  const held = recognise(id).is === 'secret'
  const found = useAnswer<Found>(held ? null : `/v1/find?${new URLSearchParams({ q: id })}`)
  useTitle(held ? 'A pasted value' : `Looking for ${id}`)
  const hit =
    found.data?.hits.find((one) => one.exact) ?? (found.data?.hits.length === 1 ? found.data.hits[0] : undefined)
  useEffect(() => {
    // A value does not stay in an address, nor in what Back remembers of this window.
    if (held) go('/k/held', { replace: true })
    else if (hit) go(to.entity(hit.entity.key), { replace: true })
  }, [held, hit])
  return (
    <div className="page">
      <h1>{id === 'held' ? 'This address held a secret value' : 'Looking it up'}</h1>
      {id === 'held' ? (
        <Empty title="It was not sent on, and the address was cleared">
          <p>
            A value in an address is kept by browsers and chats. Treat it as leaked there. To look it up without an
            address, paste it into the finder: it is held back until you say so.
          </p>
          <div className="row">
            <button type="button" className="button primary" onClick={() => openPalette()}>
              Open the finder
            </button>
          </div>
        </Empty>
      ) : found.error ? (
        <Failure error={found.error} what="The search" again={() => void found.refetch()} />
      ) : !found.data || hit ? (
        <Waiting rows={3} />
      ) : (
        <Empty
          title={found.data.hits.length > 1 ? 'Several things have this id' : 'We have never seen this key'}
          mark={<Mark of="unknown" beside />}
        >
          <p>
            <Code text={id} longest={120} />
          </p>
          {found.data.hits.length > 1 ? (
            <ul className="hops">
              {found.data.hits.map((one) => (
                <li key={one.entity.key}>
                  <Mark of={one.mark} />
                  <a className="link" href={to.entity(one.entity.key)}>
                    <Code text={one.entity.key} longest={140} />
                  </a>
                </li>
              ))}
            </ul>
          ) : (
            <p>
              Not in any source now, nor in the past.
              {found.data.unread.length > 0 &&
                ` What could hide it, for it was not read: ${found.data.unread.join('; ')}.`}
            </p>
          )}
        </Empty>
      )}
    </div>
  )
}
