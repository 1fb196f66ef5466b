/** Passkeys: the browser's own ceremony between two questions to the server. Its code comes when it is first wanted. */
import { ask, Problem } from './http.ts'
import type { PasskeyRow } from './nouns.ts'

const library = () => import('@simplewebauthn/browser')

/** Can this browser do it at all? */
export const hasPasskeys = (): boolean =>
  window.isSecureContext && typeof window.PublicKeyCredential === 'function' && !/^[\d.]+$|:/.test(location.hostname)

/** Makes one for whoever is signed in. */
export async function makePasskey(name: string): Promise<PasskeyRow> {
  const { startRegistration } = await library()
  const { options } = await ask<{ options: object }>('/v1/passkeys/options', { method: 'POST', body: {} })
  const response = await told(() => startRegistration({ optionsJSON: options as never }))
  return ask<PasskeyRow>('/v1/passkeys', { method: 'POST', body: { name, response } })
}

/** Signs in with one that the browser knows. */
export async function signInByPasskey<Session>(): Promise<Session> {
  const { startAuthentication } = await library()
  const { options } = await ask<{ options: object }>('/v1/session/passkey/options', { method: 'POST', body: {} })
  const response = await told(() => startAuthentication({ optionsJSON: options as never }))
  return ask<Session>('/v1/session/passkey', { method: 'POST', body: { response } })
}

/** What browsers call it when somebody turned away, the time ran out, or the device is known already. */
async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    const name = error instanceof Error ? (error.cause instanceof Error ? error.cause.name : error.name) : ''
    throw new Problem(0, {
      code: 'console/passkey',
      detail:
        name === 'InvalidStateError'
          ? 'this device holds a passkey of yours for this place already'
          : name === 'NotAllowedError' || name === 'AbortError'
            ? 'the browser gave no passkey: it was turned away, or took too long'
            : `the browser gave no passkey: ${error instanceof Error ? error.message.slice(0, 200) : 'it did not say why'}`,
    })
  }
}
