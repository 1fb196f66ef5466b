/** What came of a test message. */
import type { ChannelTest } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Sentence } from '../../parts/sentence.tsx'

export const Tested = ({ result }: { result: ChannelTest }) => (
  <div className="alert-tested" role="status">
    <Mark of={result.ok ? 'pass' : 'critical'} beside />
    <div>
      {result.ok ? (
        <>
          <b>The other side took it</b>
          {result.recipients.length > 0 && <>, for {result.recipients.join(', ')}</>}. Look whether it arrived.
        </>
      ) : (
        <>
          <b>It was not taken.</b> <Sentence text={result.error?.message ?? 'No reason was given.'} /> (
          <code>{result.error?.code}</code>)
        </>
      )}
    </div>
  </div>
)
