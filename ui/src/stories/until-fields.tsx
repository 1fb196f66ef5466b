import { UntilFields, useUntil } from '../parts/until-fields.tsx'
import type { Stories } from './story.ts'

const Form = ({ what }: { what: 'mute' | 'accept' }) => (
  <div className="form">
    <UntilFields of={useUntil(what)} />
  </div>
)

export const stories: Stories = {
  mute: <Form what="mute" />,
  accept: <Form what="accept" />,
}
