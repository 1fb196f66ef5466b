/** What the role of the person who is signed in does not allow. */
import { Empty } from './empty.tsx'

export const NoRight = () => (
  <Empty title="Not with your role">
    <p>You may see this page as operator or admin. Ask an admin of this installation for that role.</p>
  </Empty>
)
