import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

interface Signing {
  origin: string
  /** Did the person prove themselves to the device? */
  verified?: boolean
  /** Another site than the options name. */
  site?: string
  counter?: number
}

interface Options {
  challenge: string
  rp?: { id: string }
  rpId?: string
  user?: { id: string }
}

/** A security key made of nothing but keys: it makes one passkey and signs with it, rightly or as told. */
export class Authenticator {
  readonly #key: KeyObject
  readonly #public: { x?: string; y?: string }
  readonly id = randomBytes(16).toString('base64url')
  #counter = 0

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#key = privateKey
    this.#public = publicKey.export({ format: 'jwk' }) as { x?: string; y?: string }
  }

  /** As `navigator.credentials.create` answers. */
  create(options: Options, signing: Signing) {
    const coordinate = (name: 'x' | 'y') => Buffer.from(this.#public[name]!, 'base64url')
    const cose = map([
      [number(1), number(2)],
      [number(3), number(-7)],
      [number(-1), number(1)],
      [number(-2), bytes(coordinate('x'))],
      [number(-3), bytes(coordinate('y'))],
    ])
    const id = Buffer.from(this.id, 'base64url')
    const data = this.#data(signing.site ?? options.rp!.id, signing, 0x40, [
      Buffer.alloc(16),
      Buffer.from([0, id.length]),
      id,
      cose,
    ])
    const attestationObject = map([
      [text('fmt'), text('none')],
      [text('attStmt'), map([])],
      [text('authData'), bytes(data)],
    ])
    return this.#answer({
      clientDataJSON: clientData('webauthn.create', options.challenge, signing.origin).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    })
  }

  /** As `navigator.credentials.get` answers. */
  sign(options: Options, signing: Signing) {
    const client = clientData('webauthn.get', options.challenge, signing.origin)
    const data = this.#data(signing.site ?? options.rpId!, signing, 0, [])
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()])
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: createSign('sha256').update(signed).sign(this.#key).toString('base64url'),
    })
  }

  #data(site: string, { verified = true, counter }: Signing, flags: number, rest: Buffer[]): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter ?? ++this.#counter)
    return Buffer.concat([
      createHash('sha256').update(site).digest(),
      Buffer.from([flags | 1 | (verified ? 4 : 0)]),
      count,
      ...rest,
    ])
  }

  #answer<Response>(response: Response) {
    return { id: this.id, rawId: this.id, type: 'public-key', response, clientExtensionResults: {} }
  }
}

const clientData = (type: string, challenge: string, origin: string): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

/** As much of CBOR as is needed. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value])
  if (value < 256) return Buffer.from([(major << 5) | 24, value])
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255])
}
const number = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value))
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value])
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)])
const map = (pairs: [Buffer, Buffer][]): Buffer => Buffer.concat([head(5, pairs.length), ...pairs.flat()])
