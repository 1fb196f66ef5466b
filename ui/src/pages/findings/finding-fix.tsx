/** What mends it: the steps, what they would change, the way back; or, of what is not known, the grant that decides it. */
import type { FindingPage } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { CopyLine } from '../../parts/copy-line.tsx'
import { Diff, diffLines } from '../../parts/diff.tsx'
import { Mark } from '../../parts/mark.tsx'
import { StepsSheet } from '../../parts/plan-sheet.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { date, effort } from '../../words.ts'
import '../../parts/fix-steps.css'

export function Fix({ of }: { of: FindingPage }) {
  const unknown = of.finding.verdict === 'unknown'
  return (
    <>
      <section className="section" id="fix">
        <header>
          <h2>{unknown ? 'What decides it' : 'The fix'}</h2>
          <span className="meta">{of.effort !== null && !unknown && effort(of.effort)}</span>
        </header>
        {of.unknown && (
          <div className="empty">
            <p className="beside">
              <Mark of="unknown" beside />
              <span>
                {unknown ? '' : 'It failed when it was last judged, and cannot be judged now: '}
                <Sentence text={of.unknown.reason} />
              </span>
            </p>
            {of.unknown.permission && (
              <div className="spaced">
                <Copy
                  text={of.unknown.permission}
                  says="read only; copy and give to whoever runs the source, then read again"
                />
              </div>
            )}
          </div>
        )}
        {!(unknown && of.unknown?.permission) && (
          <ol className="fix">
            {of.fix.map((step) => {
              const command = commandIn(step)
              return (
                <li key={step}>
                  <div>
                    <Sentence text={step} />
                    {command && <CopyLine text={command} says="Copy the command" what="The command is" />}
                  </div>
                </li>
              )
            })}
          </ol>
        )}
        {of.change.length > 0 && of.finding.state !== 'resolved' && (
          <Diff
            title={of.finding.places.length > 0 ? 'Where it stands' : 'In the roll'}
            note="what would change; nothing has"
            lines={diffLines(of.change)}
          />
        )}
      </section>
      {!unknown && (
        <section className="section">
          <header>
            <h2>The way back</h2>
          </header>
          <p className="empty">
            {of.undo ? <Sentence text={of.undo} /> : 'Its rule tells no way back: try it where it can be done again.'}{' '}
            {wayBack(of)}
          </p>
        </section>
      )}
    </>
  )
}

/** The last date of the way back, where there is one. */
function wayBack({ finding }: FindingPage): string {
  if (finding.state === 'muted' || finding.state === 'accepted')
    return finding.until ? `What was held back comes back by itself on ${date(finding.until)}.` : ''
  if (finding.state === 'resolved') return 'Should the cause come back, the finding opens again under its number.'
  return 'There is no last date for it as long as nothing is deleted at the source.'
}

/** The steps to copy, for whoever may write at the source. */
export const FixSheet = ({ of, close }: { of: FindingPage; close: () => void }) => (
  <StepsSheet
    title="Plan the fix"
    of={of.finding.says}
    close={close}
    change={diffLines(of.change)}
    whom={
      of.cost.dependentCount === 0
        ? 'Nothing that depends on it was seen.'
        : `${of.cost.dependents
            .slice(0, 3)
            .map(({ name }) => name.slice(0, 60))
            .join(
              ', ',
            )}${of.cost.dependentCount > 3 ? ` and ${of.cost.dependentCount - 3} more` : ''} would notice: tell who runs ${of.cost.dependentCount === 1 ? 'it' : 'them'} first.`
    }
    back={of.undo || 'Its rule tells no way back.'}
    steps={of.fix.map((says) => ({ says, command: commandIn(says) }))}
  />
)

/** What is to be typed, where a step says it: between backticks, or after a colon and with the look of a command. */
export function commandIn(step: string): string | null {
  const quoted = /`([^`]+)`/.exec(step)?.[1]
  if (quoted) return quoted
  const said = /: ([a-z\\][\w./-]* [^:]*?)(?:, (?:then|which|or|and) .*)?\.?$/.exec(step)?.[1]
  return said !== undefined &&
    /(?:^| )--?[a-z]|^(?:git|chmod|grant|select|revoke|alter|aws|kubectl|history) /i.test(said)
    ? said
    : null
}
