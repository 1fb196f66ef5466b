import { Problem } from '../http.ts'
import type { Neighbourhood as Around, EntityRef, Mark as MarkName } from '../nouns.ts'
import { AgeHistogram } from '../parts/age-histogram.tsx'
import { Answer } from '../parts/answer.tsx'
import { Because } from '../parts/because.tsx'
import { BlastRing } from '../parts/blast-ring.tsx'
import { Copy } from '../parts/copy.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { FixLine } from '../parts/fix-line.tsx'
import { FixSteps } from '../parts/fix-steps.tsx'
import { KindIcon } from '../parts/kind-icon.tsx'
import { Known, When } from '../parts/known.tsx'
import { Ledger, LedgerWords } from '../parts/ledger.tsx'
import { Mark, markName } from '../parts/mark.tsx'
import { Name } from '../parts/name.tsx'
import { Neighbourhood } from '../parts/neighbourhood.tsx'
import { OwnerFacts } from '../parts/owner-facts.tsx'
import { OwnerLine } from '../parts/owner-line.tsx'
import { Partial } from '../parts/partial.tsx'
import { Sentence } from '../parts/sentence.tsx'
import { Touch } from '../parts/touch.tsx'
import { Trend } from '../parts/trend.tsx'
import { Undo } from '../parts/undo.tsx'
import { UseStrip } from '../parts/use-strip.tsx'
import { Waiting } from '../parts/waiting.tsx'

const AT = '2026-11-21T02:00:00.000Z'
const bar = (asked: number, refused: number, stale: number, untold = 0) => ({
  asked,
  obtained: asked - refused - stale,
  refused,
  stale,
  untold,
  percent: asked === 0 ? null : Math.floor((1000 * (asked - refused - stale)) / asked) / 10,
  staleSince: stale > 0 ? AT : null,
})
const ref = (key: string, kind: EntityRef['kind'], type: string, name: string): EntityRef => ({
  key,
  kind,
  type,
  name,
  gone: null,
})

const MARKS: MarkName[] = ['critical', 'high', 'medium', 'low', 'info', 'pass', 'unknown', 'not-judged']
const KINDS = ['identity', 'person', 'workload', 'credential', 'secret', 'entitlement', 'resource'] as const
const HOSTILE = `<img src=x onerror=alert(1)> \u202Eexe.nigol\n${'very-long-'.repeat(60)}`

const around: Around = {
  nodes: [
    { ...ref('host:a/user/backup', 'identity', 'linux_user', 'backup'), mark: 'high', side: 'self' },
    { ...ref('host:a/unit/backup.timer', 'workload', 'systemd_unit', 'backup.timer'), mark: 'pass', side: 'in' },
    { ...ref('ssh:SHA256:abc', 'credential', 'ssh_key', 'SHA256:abc'), mark: 'medium', side: 'in' },
    { ...ref('host:a/sudo/all', 'entitlement', 'sudo_rule', 'ALL=(ALL) NOPASSWD'), mark: 'not-judged', side: 'out' },
    { ...ref('host:b', null, '', 'host:b'), mark: 'unknown', side: 'out' },
  ],
  edges: [
    { from: 'host:a/unit/backup.timer', verb: 'runs-as', to: 'host:a/user/backup', note: null },
    { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'host:a/user/backup', note: 'authorized_keys:3' },
    { from: 'host:a/user/backup', verb: 'has', to: 'host:a/sudo/all', note: null },
    { from: 'host:a/user/backup', verb: 'called', to: 'host:b', note: null },
  ],
  more: 3,
}

export const STORIES: readonly (readonly [string, React.ReactNode])[] = [
  [
    'Answer',
    <Answer key="a">
      <b>312</b> machine identities work here; <a href="/identities?q=owner:none">64 answer to nobody</a>.
    </Answer>,
  ],
  [
    'Mark',
    <div key="m" className="row">
      {MARKS.map((mark) => (
        <span key={mark} className="beside">
          <Mark of={mark} beside />
          {markName(mark)}
        </span>
      ))}
    </div>,
  ],
  [
    'KindIcon',
    <div key="k" className="row">
      {KINDS.map((kind) => (
        <span key={kind} className="beside">
          <KindIcon kind={kind} />
          {kind}
        </span>
      ))}
      {['role', 'agent', 'app', 'device'].map((type) => (
        <span key={type} className="beside">
          <KindIcon kind="identity" type={type} />
          {type}
        </span>
      ))}
      <span className="beside">
        <KindIcon kind={null} />
        not described
      </span>
    </div>,
  ],
  [
    'Ledger',
    <div key="l">
      {[bar(4079, 100, 95), bar(12, 0, 0), bar(95, 0, 95), bar(40, 8, 0, 2), bar(0, 0, 0)].map((one) => (
        <p key={`${one.asked} ${one.stale}`}>
          <Ledger bar={one} tall />
          <LedgerWords bar={one} />
        </p>
      ))}
    </div>,
  ],
  [
    'Known',
    <dl key="kn" className="facts">
      <div>
        <dt>Known</dt>
        <dd>
          <Known of={{ value: AT }}>{(at) => <When at={at} both />}</Known>
        </dd>
      </div>
      <div>
        <dt>Unknown</dt>
        <dd>
          <Known
            of={{
              unknown: 'the server does not record logins: log_connections is off',
              permission: 'alter system set log_connections = on',
            }}
          >
            {() => ''}
          </Known>
        </dd>
      </div>
      <div>
        <dt>Not applicable</dt>
        <dd>
          <Known of={{ notApplicable: 'a role that cannot log in holds no credential' }}>{() => ''}</Known>
        </dd>
      </div>
    </dl>,
  ],
  [
    'Name, hostile',
    <p key="n">
      <Name text={HOSTILE} />
    </p>,
  ],
  [
    'Because',
    <Because
      key="b"
      evidence={[
        {
          number: 1,
          says: '`/etc/sudoers.d/backup` line 3 grants `ALL=(ALL) NOPASSWD: ALL`.',
          connection: 'host-a',
          source: 'host a',
          readAt: AT,
          ledger: '14 of 14 files read',
          complete: true,
        },
        {
          number: 2,
          says: 'It was used last night.',
          connection: 'host-a',
          source: 'host a',
          readAt: AT,
          ledger: 'auth.log was refused',
          complete: false,
        },
      ]}
    />,
  ],
  [
    'Touch',
    <Touch
      key="t"
      of={{
        rotate: { answer: 'with-care', reason: 'One of three consumers has it in a file.', permission: null },
        narrow: { answer: 'yes', reason: 'Nine of 214 were used.', permission: null },
        disable: { answer: 'no', reason: 'Three consumers called within a day.', permission: null },
        delete: { answer: 'unknown', reason: 'Usage reaches back 90 days only.', permission: 'journalctl: read' },
      }}
    />,
  ],
  [
    'OwnerLine, FixLine, Undo',
    <div key="o" className="facets-line">
      <OwnerLine owner={null} suggested={{ person: { key: 'person:m@x', name: 'Mara Quill' }, because: [] }} />
      <FixLine says="allow `http_post` to one host only" />
      <Undo says="restore tool list v3" />
    </div>,
  ],
  [
    'OwnerFacts',
    <dl key="of" className="facts">
      <OwnerFacts
        of={{
          accountable: null,
          suggested: {
            person: { key: 'person:m@x', name: 'Mara Quill' },
            because: ['wrote 11 of the last 14 commits.'],
          },
          directory: { unknown: 'sudoers could not be read', permission: 'read /etc/sudoers' },
        }}
      />
    </dl>,
  ],
  ['Steps', <FixSteps key="s" of={['Make a second key.', 'Give it to `backup.timer`.', 'Make the first inactive.']} />],
  [
    'BlastRing',
    <div key="r" className="row">
      {[
        { reached: 42, sensitive: 6, unknown: 7, dependents: 3 },
        { reached: 0, sensitive: 0, unknown: 0, dependents: 0 },
        { reached: 1200, sensitive: 1, unknown: 0, dependents: 1 },
      ].map((one) => (
        <div key={one.reached} className="ring-story">
          <BlastRing of={one} />
        </div>
      ))}
    </div>,
  ],
  [
    'AgeHistogram',
    <AgeHistogram
      key="h"
      of={{
        bars: [
          ['<30d', 15],
          ['<90d', 45],
          ['<180d', 44],
          ['<1y', 8],
          ['<2y', 19],
          ['<5y', 66],
          ['>5y', 5],
        ].map(([age, count], i) => ({ age: String(age), count: Number(count), overPolicy: i > 3 })),
        unknown: 38,
        none: 4,
      }}
    />,
  ],
  [
    'Trend',
    <Trend
      key="tr"
      of={[9, 9.5, 11, 10.8, 13, 17.3].map((perPerson, i) => ({
        at: `2026-0${i + 3}-01T00:00:00.000Z`,
        machines: 100,
        people: 10,
        perPerson,
      }))}
    />,
  ],
  [
    'UseStrip',
    <UseStrip key="u" until={AT} days={Array.from({ length: 30 }, (_, i) => (i < 9 ? null : (i * 7) % 5))} />,
  ],
  ['Neighbourhood', <Neighbourhood key="ne" of={around} self="host:a/user/backup" />],
  [
    'Copy',
    <Copy key="c" says="read only; copy and give to whoever runs it" text={'grant pg_monitor to reeve_reader;'} />,
  ],
  [
    'Partial',
    <Partial key="p" bar={bar(4079, 100, 95)}>
      3 repositories and one region are missing.
    </Partial>,
  ],
  [
    'Empty',
    <Empty key="e" title="No finding is open" mark={<Mark of="unknown" beside />}>
      <p>61 verdicts are unknown and not counted here.</p>
    </Empty>,
  ],
  [
    'Failure',
    <Failure
      key="f"
      error={
        new Problem(503, { code: 'store/timeout', detail: 'the database did not answer in time', request: '7f2c' })
      }
      what="The list"
      again={() => undefined}
    />,
  ],
  ['Waiting', <Waiting key="w" rows={4} />],
  [
    'Sentence with code',
    <p key="se">
      <Sentence text="`AKIAIOSFODNN7EXAMPLE` sits in `deploy/legacy.env:14`." />
    </p>,
  ],
]
