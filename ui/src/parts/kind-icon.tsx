/** One silhouette for each of the seven kinds, the same in lists and as shapes of nodes. Types vary inside the hexagon. */
import type { Kind } from '../nouns.ts'
import { KIND_WORDS } from '../words.ts'

const HEXAGON = 'M8 1.500 13.700 4.750v6.500L8 14.500 2.300 11.250v-6.500z'

const INSIDE: readonly [RegExp, React.ReactNode][] = [
  [/role|group/, <path key="role" d="M8 5 10.600 6.500v3L8 11 5.400 9.500v-3z" />],
  [
    /agent|mcp|bot/,
    <path
      key="agent"
      d="M8 4.900c.4 2 1.100 2.700 3.100 3.100-2 .4-2.700 1.100-3.100 3.100-.4-2-1.100-2.700-3.100-3.100 2-.4 2.700-1.100 3.100-3.100z"
    />,
  ],
  [/app|oauth|client/, <path key="app" d="M8 5.700v4.600M5.700 8h4.600" />],
  [/device|sensor|mqtt/, <rect key="device" x="5.900" y="6.100" width="4.200" height="3.800" rx=".6" />],
]

const SHAPES: Record<Kind, React.ReactNode> = {
  identity: <path d={HEXAGON} />,
  person: (
    <>
      <circle cx="8" cy="5.100" r="2.800" />
      <path d="M2.600 14c.5-2.900 2.700-4.300 5.400-4.300s4.900 1.400 5.400 4.300" />
    </>
  ),
  workload: (
    <>
      <rect x="1.700" y="2.500" width="12.600" height="11" rx="2" />
      <path d="m4.700 5.900 2.200 2.100-2.200 2.100M8.500 10.300h2.900" />
    </>
  ),
  credential: (
    <>
      <circle cx="4.900" cy="8" r="3.100" />
      <path d="M8 8h6.300v2.700M11.500 8v2.100" />
    </>
  ),
  secret: (
    <>
      <path d="M3.200 1.700h6.300l3.400 3.400v9.200H3.200z" />
      <path d="M9.300 1.900v3.400h3.400M5.600 9.700h.01M8 9.700h.01M10.400 9.700h.01" />
    </>
  ),
  entitlement: (
    <>
      <path d="M1.700 4.100h12.600v2.300a1.600 1.600 0 0 0 0 3.200v2.300H1.700V9.600a1.600 1.600 0 0 0 0-3.200z" />
      <path d="M9.900 4.600v1.200M9.900 7.400v1.200M9.900 10.200v1.200" />
    </>
  ),
  resource: (
    <>
      <ellipse cx="8" cy="3.700" rx="5.500" ry="2" />
      <path d="M2.500 3.700v8.500c0 1.100 2.500 2.100 5.500 2.100s5.500-1 5.500-2.100V3.700M2.500 7.950c0 1.100 2.500 2.050 5.500 2.050s5.500-.950 5.500-2.050" />
    </>
  ),
}

/** A dashed ring stands for what nothing has described yet. `named` where no word of the kind stands beside it. */
export function KindIcon({
  kind,
  type = null,
  size = 16,
  named = false,
}: {
  kind: Kind | null
  type?: string | null
  size?: number
  named?: boolean
}) {
  const inside =
    kind === 'identity'
      ? (INSIDE.find(([form]) => form.test(type ?? ''))?.[1] ?? <circle cx="8" cy="8" r="1.700" />)
      : null
  const name = kind === null ? 'Not described' : KIND_WORDS[kind][0]
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has a label, or the word beside it
    <svg
      className="kind"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={size > 20 ? 1.1 : 1.3}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...(named ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}
    >
      {kind === null ? <circle cx="8" cy="8" r="6" strokeDasharray="2.600 2" /> : SHAPES[kind]}
      {inside}
    </svg>
  )
}
