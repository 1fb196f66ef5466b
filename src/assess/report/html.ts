import { type Finding, type Place, Severity } from '../../sdk/index.ts'
import { executivePage, frameworkPages } from './html-evidence.ts'
import { listOf, text } from './html-text.ts'
import { answerOf, counted, figure, moment, type Paper } from './paper.ts'
import type { PostureReport } from './posture.ts'

/** The report as one page: no script, nothing fetched, made to be printed. Text from sources is shown as text. */
export function toHtml(report: PostureReport | Paper): string {
  const { title, asOf, estate } = report
  const paper = 'frameworks' in report ? report : null
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="over">Reeve · posture of non-human identities</p>
<h1>${text(title)}</h1>
<p class="answer">${answerOf(report)}</p>
<p class="meta">${asOf ? `As judged on <time datetime="${text(asOf)}">${text(moment(asOf))}</time>.` : 'Nothing was read.'} ${counted(estate.identities, 'identity', 'identities')}, ${counted(estate.people, 'person', 'people')}, ${counted(estate.credentials, 'credential')}, ${counted(estate.secrets, 'copy of one', 'copies of them')}, ${counted(estate.workloads, 'workload')}, ${counted(estate.resources, 'resource')}. For ${estate.owned} of ${estate.identities} identities somebody answers.</p>
</header>
<main>
${paper?.executive ? executivePage(paper.executive) : ''}
${things(report)}
${seen(report)}
${owasp(report)}
${paper ? frameworkPages(paper.frameworks) : ''}
${findings(report)}
${rules(report)}
</main>
</body>
</html>
`
}

function things({ things: five }: PostureReport): string {
  if (five.length === 0) return ''
  const items = five.map(
    ({
      says,
      because,
      fix,
      undo,
      owner,
      more,
    }) => `<li><h3>${text(says)}${more > 0 ? ` <span class="more">and ${more} like it</span>` : ''}</h3>
${listOf('ul', because)}
<p><b>Who.</b> ${text(owner ?? 'Nobody answers for it, and no evidence names anybody.')}</p>
<p><b>Fix.</b></p>${listOf('ol', fix)}
<p><b>Way back.</b> ${text(undo)}</p></li>`,
  )
  return `<section><h2>${five.length === 1 ? 'One thing' : `${NUMBER[five.length] ?? five.length} things`} to know</h2><ol class="things">${items.join('\n')}</ol></section>`
}

const NUMBER = ['', 'One', 'Two', 'Three', 'Four', 'Five']

function seen({ ledger, lost }: PostureReport): string {
  const rows = ledger.map(
    ({ connection, collection, scope, expected, obtained, refused, reason, permission }) =>
      `<tr${refused > 0 || (expected ?? 0) > obtained ? ' class="partial"' : ''}><td>${text(connection)}</td><td>${text(collection)}${scope ? ` <small>${text(scope)}</small>` : ''}</td><td class="n">${expected ?? 'not said'}</td><td class="n">${obtained}</td><td class="n">${refused}</td><td>${text(reason ?? '')}${permission ? ` <code>${text(permission)}</code>` : ''}</td></tr>`,
  )
  const causes = lost.map(
    ({ connection, permission, reason, verdicts }) =>
      `<li>${counted(verdicts, 'verdict')}: ${text(reason)}${permission ? ` Grant <code>${text(permission)}</code>${connection ? ` to ${text(connection)}` : ''}.` : ''}</li>`,
  )
  return `<section><h2>What was read</h2>
${rows.length === 0 ? '<p>No listing is recorded.</p>' : `<table><thead><tr><th>Source</th><th>Listing</th><th class="n">Expected</th><th class="n">Read</th><th class="n">Refused</th><th>Why, and what would answer it</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`}
${causes.length === 0 ? '' : `<h3>Verdicts that were lost</h3><ul>${causes.join('\n')}</ul>`}</section>`
}

function owasp(report: PostureReport): string {
  const rows = report.owasp.map(
    ({ id, title, rules: asked, open, unknown }) =>
      `<tr><td>${id}</td><td>${text(title)}</td>${Severity.options.map((severity) => `<td class="n">${open[severity]}</td>`).join('')}<td class="n unknown">${unknown}</td><td class="n">${asked}</td></tr>`,
  )
  return `<section><h2>By OWASP’s ten risks of non-human identities, 2025</h2>
<table><thead><tr><th>Id</th><th>Risk</th>${Severity.options.map((severity) => `<th class="n">${severity}</th>`).join('')}<th class="n">unknown</th><th class="n">rules asked</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>
<p class="meta">A finding with two ids stands under both. Under other names: ${report.tenNames.map(({ name, open }) => `${text(name)} ${open}`).join(' · ')}.</p></section>`
}

function findings({ findings: all, more }: PostureReport): string {
  if (all.length === 0) return ''
  const rows = all.map(
    (
      finding,
    ) => `<article class="${finding.verdict === 'unknown' ? 'unknown' : finding.severity}" id="f-${text(finding.id)}">
<p class="mark">${finding.verdict === 'unknown' ? 'unknown' : finding.severity} · ${finding.owasp.join(', ')} · ${text(finding.rule)}</p>
<h3>${text(finding.says ?? finding.title)}</h3>
${listOf('ul', finding.because)}
<p class="meta"><code>${text(finding.subject)}</code>${secret(finding)}</p>
${finding.places.length === 0 ? '' : `<p class="meta">${finding.places.slice(0, 20).map(place).join('<br>')}${finding.places.length > 20 ? `<br>and ${finding.places.length - 20} more places` : ''}</p>`}
${listOf('ol', finding.fix)}
</article>`,
  )
  return `<section><h2>${more > 0 ? `The ${figure(all.length)} worst findings` : 'All findings'}</h2>${rows.join('\n')}${more > 0 ? `<p class="meta">And ${figure(more)} more, all of them in the table of findings.</p>` : ''}</section>`
}

const secret = ({ redacted, keyId, provider, live }: Finding): string =>
  `${provider ? ` · ${text(provider)}` : ''}${redacted ? ` · <code>${text(redacted)}</code>` : ''}${keyId ? ` · ${text(keyId)}` : ''}${live ? ` · ${live}` : ''}`

const place = ({ file, line, column, commit, author, date }: Place): string =>
  `<code>${text(file ?? '')}${line ? `:${line}` : ''}${line && column ? `:${column}` : ''}</code>${commit ? ` in ${text(commit.slice(0, 12))}` : ''}${author ? ` by ${text(author)}` : ''}${date ? ` on ${text(date.slice(0, 10))}` : ''}`

function rules({ rules: named }: PostureReport): string {
  if (named.length === 0) return ''
  return `<section><h2>Why these rules</h2>${named.map(({ id, title, why, undo }) => `<h3>${text(title)}</h3><p>${text(why)}</p><p class="meta">${text(id)} · Way back: ${text(undo)}</p>`).join('\n')}</section>`
}

const STYLE = `
:root{--ink:#161a22;--ink-2:#444c5a;--ink-3:#5c6575;--rule:#e2e5ea;--paper:#fff;--critical:#b3151f;--high:#a8430a;--medium:#7d5600;--low:#44566f;--unknown:#7a2f8a;--pass:#0f6b46}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2.5rem 1.5rem;color:var(--ink);background:var(--paper);font:15px/1.47 "Source Sans 3",system-ui,sans-serif}
h1,h2,h3,.answer{font-family:"Source Serif 4",Georgia,serif;font-weight:520;line-height:1.25;overflow-wrap:anywhere}
h1{font-size:2.1rem;margin:.2rem 0}
h2{font-size:1.5rem;margin:2.6rem 0 .8rem;padding-top:.6rem;border-top:2px solid var(--ink)}
h3{font-size:1.15rem;margin:.4rem 0}
.over,.meta,.mark{color:var(--ink-3);font-size:.87rem;margin:.3rem 0}
.answer{font-size:1.25rem}
.more{color:var(--ink-3);font-size:.95rem}
ul,ol{margin:.4rem 0;padding-left:1.4rem}
ol.things>li{margin:1.2rem 0}
code{font-family:"Source Code Pro",ui-monospace,monospace;font-size:.87em;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;font-size:.87rem}
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid var(--rule);vertical-align:top;overflow-wrap:anywhere}
th{color:var(--ink-3);font-weight:600}
.n{text-align:right;font-variant-numeric:tabular-nums}
tr.partial td,article.unknown{background:repeating-linear-gradient(45deg,#fff 0 6px,#f6eaf8 6px 12px)}
article{border-left:4px solid var(--rule);padding:.2rem 0 .2rem .9rem;margin:1.1rem 0;break-inside:avoid}
article.critical{border-color:var(--critical)}article.critical .mark{color:var(--critical)}
article.high{border-color:var(--high)}article.high .mark{color:var(--high)}
article.medium{border-color:var(--medium)}article.medium .mark{color:var(--medium)}
article.low,article.info{border-color:var(--low)}
article.unknown{border-left-style:dashed;border-color:var(--unknown)}article.unknown .mark,td.unknown,.is-unknown{color:var(--unknown)}
.is-not-met{color:var(--critical)}.is-met{color:var(--pass)}.state{font-weight:600}
ul.numbers{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:.4rem 1.5rem}
ul.numbers b{font-family:"Source Serif 4",Georgia,serif;font-size:1.5rem;font-weight:520;display:block}
.control{border-top:1px solid var(--rule);padding-top:.6rem;margin-top:1rem;break-inside:avoid}
svg{max-width:100%;height:auto}
@media print{body{max-width:none;padding:0;font-size:10.5pt}h2{break-after:avoid}}
`
