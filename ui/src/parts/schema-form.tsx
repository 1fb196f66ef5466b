/** A form drawn from a provider's JSON Schema: the provider says what it needs, once, and every client asks the same. */
import { useId } from 'react'
import type { JsonValue } from '../nouns.ts'

export interface Schema {
  type?: string | string[]
  title?: string
  description?: string
  default?: JsonValue
  enum?: JsonValue[]
  const?: JsonValue
  secret?: boolean
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  pattern?: string
  format?: string
}

type Fields = { [name: string]: JsonValue }
const isFields = (value: JsonValue | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `string | null` is an optional string; a union of one is that one. */
function plain(schema: Schema): Schema {
  const { anyOf, oneOf, ...outer } = schema
  const choices = (anyOf ?? oneOf ?? []).filter((choice) => choice.type !== 'null')
  if (choices.length === 1) return { ...plain(choices[0]!), ...outer }
  if (choices.length > 1 && choices.every((choice) => choice.const !== undefined))
    return { ...outer, enum: choices.map((choice) => choice.const!) }
  return choices.length > 1 ? { ...outer, oneOf: choices } : schema
}

const typeOf = (schema: Schema): string | undefined =>
  Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type

/** The branch of a union that a value belongs to: by the constants it bears, else the first. */
function branchOf(schema: Schema, value: JsonValue | undefined): number {
  const at = (schema.oneOf ?? []).findIndex(
    (branch) =>
      isFields(value) &&
      Object.entries(branch.properties ?? {}).some(
        ([name, field]) => field.const !== undefined && value[name] === field.const,
      ),
  )
  return Math.max(0, at)
}

/** What a form begins with: what is set, else the defaults. */
export function startOf(given: Schema, value?: JsonValue): JsonValue {
  const schema = plain(given)
  if (schema.const !== undefined) return schema.const
  if (schema.oneOf) return startOf(schema.oneOf[branchOf(schema, value)]!, value)
  if (schema.properties) {
    const fields = isFields(value) ? value : {}
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, field]) => [name, startOf(field, fields[name])]),
    )
  }
  if (value !== undefined) return value
  if (schema.default !== undefined) return schema.default
  return typeOf(schema) === 'boolean' ? false : typeOf(schema) === 'array' ? [] : ''
}

/** What is sent: without the fields that were left empty and may be. */
export function wholeOf(given: Schema, value: JsonValue): JsonValue {
  const schema = plain(given)
  if (schema.oneOf) return wholeOf(schema.oneOf[branchOf(schema, value)]!, value)
  if (!schema.properties || !isFields(value)) return value
  const required = new Set(schema.required)
  return Object.fromEntries(
    Object.entries(schema.properties).flatMap(([name, field]) => {
      const inner = wholeOf(field, value[name] ?? '')
      const empty = inner === '' || (Array.isArray(inner) && inner.length === 0 && !required.has(name))
      return empty ? [] : [[name, inner] as const]
    }),
  )
}

interface FormProps {
  schema: Schema
  value: JsonValue
  change: (value: JsonValue) => void
  refused: readonly { path: string; says: string }[]
  /** Names of secret fields that are set already and stay when left empty. */
  kept: readonly string[]
  at?: string
}

export function SchemaForm({ schema: given, value, change, refused, kept, at = '' }: FormProps) {
  const schema = plain(given)
  const id = useId()
  if (schema.oneOf) {
    const branch = branchOf(schema, value)
    return (
      <>
        <div className="field" role="radiogroup" aria-label={schema.title ?? 'How'}>
          {schema.oneOf.map((choice, i) => (
            <label className="row" key={choice.title ?? nameOf(choice) ?? `choice ${i}`}>
              <input type="radio" name={id} checked={i === branch} onChange={() => change(startOf(choice, value))} />
              <span>
                {choice.title ?? nameOf(choice)}
                {choice.description && <span className="sub">{choice.description}</span>}
              </span>
            </label>
          ))}
        </div>
        <SchemaForm
          key={branch}
          schema={schema.oneOf[branch]!}
          value={value}
          change={change}
          refused={refused}
          kept={kept}
          at={at}
        />
      </>
    )
  }
  const fields = isFields(value) ? value : {}
  return Object.entries(schema.properties ?? {})
    .filter(([, field]) => plain(field).const === undefined)
    .map(([name, field]) => (
      <Field
        key={name}
        name={name}
        schema={plain(field)}
        value={fields[name] ?? ''}
        change={(next) => change({ ...fields, [name]: next })}
        required={schema.required?.includes(name) === true && plain(field).default === undefined}
        refused={refused}
        kept={kept}
        at={at === '' ? name : `${at}.${name}`}
      />
    ))
}

const nameOf = (choice: Schema): string | undefined =>
  Object.values(choice.properties ?? {})
    .map((field) => field.const)
    .find((constant) => typeof constant === 'string') as string | undefined

type FieldProps = FormProps & { name: string; required: boolean; at: string }

function Field({ name, schema, value, change, required, refused, kept, at }: FieldProps) {
  const id = useId()
  const says = refused.find(
    (one) => one.path === at || one.path.endsWith(`.${at}`) || one.path === `settings.${at}`,
  )?.says
  const title = schema.title ?? name
  const isKept = schema.secret === true && kept.includes(at)
  if (schema.properties || schema.oneOf)
    return (
      <fieldset>
        <legend className="label">{title}</legend>
        {schema.description && <p className="meta">{schema.description}</p>}
        <SchemaForm schema={schema} value={value} change={change} refused={refused} kept={kept} at={at} />
      </fieldset>
    )
  const about = { id, 'aria-describedby': `${id}-about`, 'aria-invalid': says !== undefined }
  const type = typeOf(schema)
  if (type === 'boolean')
    return (
      <div className="field">
        <label className="row" htmlFor={id}>
          <input
            {...about}
            type="checkbox"
            checked={value === true}
            onChange={(event) => change(event.target.checked)}
          />
          <span>{title}</span>
        </label>
        <About id={id} schema={schema} says={says} />
      </div>
    )
  const needed = required && !isKept
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {title}
        {!needed && schema.default === undefined && (isKept ? ' (kept)' : ' (optional)')}
      </label>
      {schema.enum ? (
        <select
          {...about}
          required={needed}
          value={String(value)}
          onChange={(event) => change(schema.enum!.find((one) => String(one) === event.target.value) ?? '')}
        >
          {!needed && <option value="">as the source has it</option>}
          {schema.enum.map((one) => (
            <option key={String(one)} value={String(one)}>
              {String(one)}
            </option>
          ))}
        </select>
      ) : type === 'array' ? (
        <textarea
          {...about}
          required={needed}
          rows={3}
          spellCheck={false}
          value={Array.isArray(value) ? value.join('\n') : ''}
          onChange={(event) => change(event.target.value === '' ? [] : event.target.value.split('\n'))}
        />
      ) : type === 'integer' || type === 'number' ? (
        <input
          {...about}
          type="number"
          required={needed}
          min={schema.minimum}
          max={schema.maximum}
          step={type === 'integer' ? 1 : 'any'}
          value={typeof value === 'number' ? value : ''}
          onChange={(event) => change(event.target.value === '' ? '' : event.target.valueAsNumber)}
        />
      ) : schema.secret && (schema.maxLength ?? 0) > 2000 ? (
        <textarea
          {...about}
          className="code"
          required={needed}
          rows={5}
          autoComplete="off"
          spellCheck={false}
          placeholder={isKept ? 'kept; fill in to replace' : ''}
          value={String(value)}
          onChange={(event) => change(event.target.value)}
        />
      ) : (
        <input
          {...about}
          type={schema.secret ? 'password' : 'text'}
          autoComplete={schema.secret ? 'new-password' : 'off'}
          autoCapitalize="off"
          spellCheck={false}
          required={needed}
          minLength={schema.minLength}
          maxLength={schema.maxLength ?? 8192}
          placeholder={isKept ? 'kept; fill in to replace' : ''}
          value={String(value)}
          onChange={(event) => change(event.target.value)}
        />
      )}
      <About id={id} schema={schema} says={says} many={type === 'array'} />
    </div>
  )
}

const About = ({
  id,
  schema,
  says,
  many = false,
}: {
  id: string
  schema: Schema
  says: string | undefined
  many?: boolean
}) => (
  <span id={`${id}-about`}>
    {(schema.description || many) && (
      <span className="meta about">
        {many && schema.description ? schema.description.replace(/[.]?$/, '. ') : schema.description}
        {many && 'One on each line.'}
      </span>
    )}
    {says && <span className="refusal about">{says}</span>}
  </span>
)
