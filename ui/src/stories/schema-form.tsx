import { useState } from 'react'
import type { JsonValue } from '../nouns.ts'
import { type Schema, SchemaForm, startOf } from '../parts/schema-form.tsx'
import type { Stories } from './story.ts'

const schema: Schema = {
  type: 'object',
  properties: {
    host: { type: 'string', title: 'Host', description: 'Name or address, as this machine sees it.' },
    port: { type: 'integer', title: 'Port', default: 5432 },
    password: { type: 'string', title: 'Password', secret: true },
    tls: { enum: ['verify', 'require', 'off'], title: 'Encryption', default: 'verify' },
    system: { type: 'boolean', title: 'System databases too' },
  },
  required: ['host'],
}

function Form() {
  const [value, change] = useState<JsonValue>(startOf(schema))
  return (
    <div className="form">
      <SchemaForm
        schema={schema}
        value={value}
        change={change}
        refused={[{ path: 'host', says: 'nowhere does not answer' }]}
        kept={['password']}
      />
    </div>
  )
}

export const stories: Stories = {
  'drawn from what a provider asks, one field refused, one secret kept': <Form />,
}
