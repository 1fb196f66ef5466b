import { IfKnown, Known, When } from '../parts/known.tsx'
import type { Stories } from './story.ts'
import { AT } from './story.ts'

export const stories: Stories = {
  known: <Known of={{ value: AT }}>{(at) => <When at={at} both />}</Known>,
  'unknown, with what would answer it': (
    <Known
      of={{
        unknown: 'the server does not record logins: log_connections is off',
        permission: 'alter system set log_connections = on',
      }}
    >
      {() => ''}
    </Known>
  ),
  'not applicable': <Known of={{ notApplicable: 'a role that cannot log in holds no credential' }}>{() => ''}</Known>,
  'unknown, in a table': (
    <Known brief of={{ unknown: 'wtmp was refused' }}>
      {() => ''}
    </Known>
  ),
  'what stands beside it while it is known': (
    <p>
      <When at={AT} />
      <IfKnown of={{ value: 'backup.timer' }}>{(by) => <span className="sub">by {by}</span>}</IfKnown>
    </p>
  ),
}
