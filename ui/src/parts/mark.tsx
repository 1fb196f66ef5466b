/** The verdict of a thing, told apart in black and white: by silhouette first, by colour second. */
import type { Mark as MarkName } from '../nouns.ts'
import './mark.css'

const NAMES: Record<MarkName, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'For information',
  unknown: 'Unknown',
  pass: 'Nothing wrong',
  'not-judged': 'Not judged',
}
export const markName = (mark: MarkName): string => NAMES[mark]
export const markColour = (mark: MarkName): string => (mark === 'not-judged' ? 'na' : mark)

const SHAPES: Record<MarkName, React.ReactNode> = {
  critical: (
    <>
      <path fill="currentColor" d="M8 .3 15.700 8 8 15.700.3 8z" />
      <path d="M8 4.300v4.400M8 11.400v.01" stroke="var(--sheet)" strokeWidth="1.900" strokeLinecap="round" />
    </>
  ),
  high: (
    <path
      fill="currentColor"
      stroke="currentColor"
      strokeWidth="1"
      strokeLinejoin="round"
      d="M8 1.500 15.200 14.200H.8z"
    />
  ),
  medium: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="1.500" fill="none" stroke="currentColor" strokeWidth="1.800" />
      <path fill="currentColor" d="M2.500 8h11v5.500h-11z" />
    </>
  ),
  low: <circle cx="8" cy="8" r="4.700" fill="none" stroke="currentColor" strokeWidth="2" />,
  info: <circle cx="8" cy="8" r="2.200" fill="currentColor" />,
  unknown: (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.900"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.500"
        strokeDasharray="2.700 1.640"
      />
      <path
        d="M6 6.300a2 2 0 1 1 2.900 1.900c-.6.300-.9.600-.9 1.200M8 11.600v.01"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.600"
        strokeLinecap="round"
      />
    </>
  ),
  pass: (
    <path
      d="M2.500 8.500 6.200 12.200 13.500 4.300"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  'not-judged': <path d="M4 8h8" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round" />,
}

/** `beside`: the word stands next to it, so the mark itself is silent. */
export const Mark = ({ of, beside = false, size = 16 }: { of: MarkName; beside?: boolean; size?: number }) => (
  // biome-ignore lint/a11y/noSvgWithoutTitle: it has a label, or the word beside it
  <svg
    className={`mark ${markColour(of)}`}
    width={size}
    height={size}
    viewBox="0 0 16 16"
    {...(beside ? { 'aria-hidden': true } : { role: 'img', 'aria-label': NAMES[of] })}
  >
    {SHAPES[of]}
  </svg>
)
