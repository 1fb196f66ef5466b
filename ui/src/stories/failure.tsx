import { Problem } from '../http.ts'
import { Failure } from '../parts/failure.tsx'
import type { Stories } from './story.ts'

const problem = (status: number, code: string, detail: string) => new Problem(status, { code, detail, request: '7f2c' })

export const stories: Stories = {
  'what failed, and what was not harmed': (
    <Failure
      error={problem(503, 'store/timeout', 'the database did not answer within 5 seconds')}
      what="The list"
      again={() => undefined}
    />
  ),
  'not with this role': <Failure error={problem(403, 'access/role', 'this needs the role operator')} what="The list" />,
  'not there': <Failure error={problem(404, 'http/not-found', 'there is nothing here')} what="This identity" />,
}
