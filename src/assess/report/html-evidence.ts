/** The page for those who decide, and the standards with their evidence, as HTML. */
import { listOf, text } from './html-text.ts'
import {
  counted,
  datedOf,
  figure,
  moment,
  type PaperExecutive,
  type PaperFramework,
  type PaperNumber,
  rowsAddress,
  rowsSay,
  STATE_WORDS,
} from './paper.ts'
import { trendOf } from './trend.ts'

export function executivePage({ bar, volume, risk, since, reduced, trend }: PaperExecutive): string {
  const seen =
    bar.asked === 0
      ? 'Nothing was asked of any source yet.'
      : `${figure(bar.obtained)} of ${figure(bar.asked)} that were asked for came${bar.refused + bar.stale > 0 ? `; ${figure(bar.refused)} were refused and ${figure(bar.stale)} are shown as they were at an earlier read` : ''}.`
  return `<section><h2>In short</h2>
<p>${seen}</p>
<h3>How many</h3>${numbers(volume)}
<h3>What is wrong</h3>${numbers(risk)}
<h3>What was done${since ? ` since ${moment(since).split(',')[0]}` : ''}</h3>${numbers(reduced)}
${picture(trend)}</section>`
}

const numbers = (list: readonly PaperNumber[]): string =>
  `<ul class="numbers">${list.map((one) => `<li><b>${figure(one.count)}</b>${one.of === null ? '' : `of ${figure(one.of)} `}${text(one.says)}<br><code>${text(rowsSay(one.href))}</code></li>`).join('')}</ul>`

function picture(points: PaperExecutive['trend']): string {
  const trend = trendOf(points, 640, 150)
  if (trend === null) return '<p class="meta">One read is no trend yet.</p>'
  const line = (which: 'known' | 'severe', colour: string): string =>
    `<path d="${trend[which].map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('')}" fill="none" stroke="${colour}" stroke-width="2"/>`
  return `<h3>Over time</h3><svg viewBox="0 0 640 150" role="img" aria-label="${text(trend.says)}">${line('known', '#44566f')}${line('severe', '#b3151f')}</svg><p class="meta">${text(trend.says)}</p>`
}

export const frameworkPages = (frameworks: readonly PaperFramework[]): string =>
  frameworks.map(frameworkPage).join('\n')

const frameworkPage = ({
  framework,
  controls,
}: PaperFramework): string => `<section><h2>${text(framework.title)}, ${text(framework.version)}</h2>
<p class="meta">By ${text(framework.publisher)}. Titles and questions are in our words; the text is theirs: ${text(framework.url)}</p>
<p>${counted(controls.length, 'control')}: ${framework.controls.met} met, ${framework.controls.notMet} not met, ${framework.controls.unknown} unknown, ${framework.controls.notApplicable} not applicable.</p>
${controls
  .map(
    (
      control,
    ) => `<div class="control"><h3>${text(control.id)} ${text(control.title)} <span class="state is-${control.state}">${STATE_WORDS[control.state]}</span></h3>
<p>${text(control.asks)}</p>
<p>${text(control.because)}</p>
${control.beside === null ? '' : `<p class="meta">Beside it, from you: ${text(control.beside)}</p>`}
${listOf(
  'ol',
  control.evidence.map(
    (item) =>
      `${item.says} ${sentence(item.reads)} ${datedOf(item)} Rows: ${rowsAddress(framework.id, control.id, item.id)}${item.findings === null ? '' : ` and reeve findings '${item.findings.q}' (${item.findings.count})`}`,
  ),
)}</div>`,
  )
  .join('\n')}</section>`

const sentence = (reads: string): string => `${reads.charAt(0).toUpperCase()}${reads.slice(1)}.`
