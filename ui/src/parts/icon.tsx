/** Line icons of 16 px: places and verbs. They never carry a fact alone. */
const PATHS = {
  overview: 'M6 3.5h8M6 8h8M6 12.500h5M2.500 3.500h.01M2.500 8h.01M2.500 12.500h.01',
  inventory: 'M5 2 8 3.700v3.500L5 9 2 7.200V3.700zM11 7l3 1.700v3.500L11 14l-3-1.800V8.700z',
  expiry:
    'M3.600 3h8.800A1.600 1.600 0 0 1 14 4.600v7.800a1.600 1.600 0 0 1-1.600 1.600H3.600A1.600 1.600 0 0 1 2 12.400V4.600A1.600 1.600 0 0 1 3.600 3zM2 6.600h12M5.200 1.600V4M10.800 1.600V4',
  findings: 'M8 1.700 14.300 8 8 14.300 1.700 8zM8 5.300v3.200M8 10.700v.01',
  connections: 'M5.500 1.800v3M10.500 1.800v3M3.500 4.800h9v2.400a4.500 4.500 0 0 1-9 0zM8 11.700v2.500',
  reports: 'M4 1.800h5.500L12.500 4.800v9.400H4zM9.300 2v3h3M6 8h4.500M6 10.800h4.500',
  rules:
    'M8 2v12M5.500 14h5M2.800 4.500h10.400M2.800 4.500 1.300 9a2 2 0 0 0 3 0zM13.200 4.500 11.700 9a2 2 0 0 0 3 0z',
  audit:
    'M6.500 9.500a2.700 2.700 0 0 1 0-3.800l2-2a2.700 2.700 0 0 1 3.800 3.800l-.9.900M9.500 6.500a2.700 2.700 0 0 1 0 3.800l-2 2a2.700 2.700 0 0 1-3.800-3.800l.9-.9',
  settings:
    'M2 4.500h6.500M12.500 4.500H14M2 11.500h1.500M7.500 11.500H14M10.500 2.700a1.800 1.800 0 1 1 0 3.600 1.800 1.800 0 0 1 0-3.600zM5.500 9.700a1.800 1.800 0 1 1 0 3.600 1.800 1.800 0 0 1 0-3.600z',
  search: 'M7 2.300a4.700 4.700 0 1 1 0 9.400 4.700 4.700 0 0 1 0-9.400zM10.500 10.500 14 14',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  next: 'M6.300 4 10.300 8l-4 4',
  close: 'm4 4 8 8M12 4l-8 8',
  down: 'M8 2.500v7.700M4.800 7.200 8 10.400l3.200-3.200M2.500 13.500h11',
  filter: 'M2 4h12M4.500 8h7M6.500 12h3',
  undo: 'M5.500 3 2.500 6l3 3M2.700 6h6.600a4 4 0 0 1 0 8H6',
  wrench:
    'M13.700 4.500a3.800 3.800 0 0 1-5 4.700l-4.400 4.400a1.500 1.500 0 0 1-2.100-2.100l4.400-4.400a3.800 3.800 0 0 1 4.700-5L9.200 4.300l.5 2 2 .5z',
  read: 'M13.500 8a5.500 5.500 0 0 1-10.100 3M2.500 8a5.500 5.500 0 0 1 10.100-3M12.900 2.200v3h-3M3.100 13.800v-3h3',
  link: 'M6.500 3H3v10h10V9.500M9 2.500h4.500V7M13.300 2.700 7.500 8.500',
  check: 'M3 8.500 6.300 11.800 13 4.500',
  sorted: 'M8 3v10M4.500 9.500 8 13l3.500-3.500',
  leave: 'M6 2.500H3v11h3M7 8h6.500M10.800 5.300 13.500 8l-2.700 2.700',
  owners:
    'M6 3a2.400 2.400 0 1 1 0 4.800A2.400 2.400 0 0 1 6 3zM1.600 13.200c.4-2.300 2.200-3.500 4.400-3.500s4 1.200 4.400 3.500M10.600 3.200a2.400 2.400 0 0 1 0 4.400M11.800 9.900c1.500.4 2.400 1.600 2.600 3.300',
  inbox: 'M2 9.500h3.500l1 2h3l1-2H14M4 3h8l2 6.500v3.500H2V9.500z',
  person:
    'M8 2.300a2.800 2.800 0 1 1 0 5.600 2.800 2.800 0 0 1 0-5.600zM2.700 14c.5-2.900 2.600-4.300 5.300-4.300s4.800 1.400 5.300 4.300',
} as const

export type IconName = keyof typeof PATHS

export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => (
  <svg
    aria-hidden="true"
    width={size}
    height={size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 2.2 : 1.3}
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    <path d={PATHS[name]} />
  </svg>
)

export const ThemeIcon = () => (
  <svg
    aria-hidden="true"
    width="16"
    height="16"
    viewBox="0 0 16 16"
    stroke="currentColor"
    strokeWidth="1.3"
    fill="none"
  >
    <circle cx="8" cy="8" r="6" />
    <path d="M8 2v12A6 6 0 0 0 8 2z" fill="currentColor" />
  </svg>
)

export const Logo = () => (
  <svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20">
    <path
      fill="currentColor"
      d="M5 2.500h9a3 3 0 0 1 3 3V6.200h-3.600v8.800a2.500 2.500 0 0 1-2.500 2.500H4a2.500 2.500 0 0 1-2.500-2.500v-.6H5z"
    />
    <path
      d="M7.500 6.500h3.300M7.500 9.500h3.300M7.500 12.500h3.300"
      stroke="var(--paper)"
      strokeWidth="1.300"
      strokeLinecap="round"
    />
  </svg>
)
