import { z } from 'zod'
import { PasskeyRow } from '../read/index.ts'
import { Json, type JsonValue } from '../sdk/index.ts'
import { attempts } from './attempts.ts'
import { addPasskey, listPasskeys, passkeyOptions, redeemPasskey, removePasskey, signInOptions } from './passkeys.ts'
import { route } from './route.ts'
import { letIn, SessionAnswer } from './session.ts'
import { siteOf } from './site.ts'

/** Bytes as browsers say them. */
const Bytes = z
  .string()
  .max(65_536)
  .regex(/^[\w-]*$/)
const Transports = z.array(z.string().max(40)).max(10)
const Attachment = z.enum(['platform', 'cross-platform']).optional()
const Nothing = z.strictObject({}).describe('nothing')

/** What `navigator.credentials.create` gave. */
const Made = z.object({
  id: Bytes,
  rawId: Bytes,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: Bytes,
    attestationObject: Bytes,
    authenticatorData: Bytes.optional(),
    transports: Transports.optional(),
    publicKeyAlgorithm: z.number().int().optional(),
    publicKey: Bytes.optional(),
  }),
  authenticatorAttachment: Attachment,
  clientExtensionResults: z.record(z.string().max(100), Json),
})

/** What `navigator.credentials.get` gave. */
const Signed = z.object({
  id: Bytes,
  rawId: Bytes,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: Bytes,
    authenticatorData: Bytes,
    signature: Bytes,
    userHandle: Bytes.optional(),
  }),
  authenticatorAttachment: Attachment,
  clientExtensionResults: z.record(z.string().max(100), Json),
})

/** For `navigator.credentials`, as WebAuthn has it in JSON. */
const Options = z.object({ options: z.record(z.string(), Json) })

/** What is not set is left out. */
const asJson = (options: object): Record<string, JsonValue> => JSON.parse(JSON.stringify(options))

export const passkeyRoutes = [
  route({
    method: 'POST',
    path: '/v1/session/passkey/options',
    can: 'anyone',
    says: 'What a browser is asked to sign in order to sign in by passkey.',
    body: Nothing,
    answers: Options,
    bodyLimit: 4_096,
    async handle({ app, reply, from }) {
      attempts(app.clock, from)
      return { options: asJson(await signInOptions(app.db, app.clock, siteOf(app, reply.request))) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/session/passkey',
    can: 'anyone',
    says: 'Signs in with a passkey and sets the session cookie.',
    body: z.strictObject({ response: Signed }),
    answers: SessionAnswer,
    status: 201,
    bodyLimit: 131_072,
    handle: ({ app, body, from, reply }) =>
      letIn({ app, from, reply }, (agent) =>
        redeemPasskey(app.db, app.clock, siteOf(app, reply.request), {
          response: body.response as never,
          agent,
        }),
      ),
  }),
  route({
    method: 'GET',
    path: '/v1/passkeys',
    can: 'own',
    says: 'The passkeys by which the caller may sign in.',
    answers: z.object({ rows: z.array(PasskeyRow) }),
    handle: async ({ app, caller }) => ({ rows: await listPasskeys(app.db, caller.id) }),
  }),
  route({
    method: 'POST',
    path: '/v1/passkeys/options',
    can: 'own',
    says: 'What a browser is asked for in order to make a passkey.',
    body: Nothing,
    answers: Options,
    async handle({ app, caller, reply }) {
      return { options: asJson(await passkeyOptions(app.db, app.clock, caller, siteOf(app, reply.request))) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/passkeys',
    can: 'own',
    says: 'Keeps a passkey that the browser has made.',
    body: z.strictObject({ name: z.string().trim().min(1).max(200), response: Made }),
    answers: PasskeyRow,
    status: 201,
    bodyLimit: 262_144,
    handle: ({ app, caller, body, reply }) =>
      addPasskey(app.db, app.clock, caller, siteOf(app, reply.request), {
        name: body.name,
        response: body.response as never,
      }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/passkeys/{id}',
    can: 'own',
    says: 'Takes a passkey away: it signs in no more.',
    params: z.object({ id: z.string().min(1).max(100) }),
    handle: ({ app, caller, params }) => removePasskey(app.db, caller, params.id),
  }),
]
