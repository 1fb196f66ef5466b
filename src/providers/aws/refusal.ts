import { messageOf, ReeveError } from '../../sdk/index.ts'

export interface Refusal {
  reason: string
  permission?: string
}

interface Said {
  name?: string
  message?: string
  $metadata?: { httpStatusCode?: number; attempts?: number }
}

const DENIED =
  /^(AccessDenied|AccessDeniedException|AccessDenied(For\w+)?Exception|UnauthorizedOperation|Unauthorized\w*|AuthorizationError(Exception)?|NotAuthorized\w*|ForbiddenException|403)$/
const ENDED = /^(ExpiredToken(Exception)?|TokenRefreshRequired|ExpiredTokenException|SSOTokenExpired)$/
const SKEWED =
  /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignatureException|SignatureDoesNotMatch)$/
const UNKNOWN_KEY =
  /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|InvalidAccessKeyId|InvalidAccessKeyIdException|OptInRequired|CredentialsProviderError)$/
const THROTTLED =
  /^(Throttl\w*|TooManyRequests\w*|RequestLimitExceeded|RequestThrottled\w*|SlowDown|LimitExceededException|BandwidthLimitExceeded|PriorRequestNotComplete)$/

/**
 * Why AWS did not answer, in a sentence, and what would make it. `action` is what was asked, `region` where, when it is not everywhere.
 */
export function refusalOf(error: unknown, action: string, region?: string): Refusal {
  const { name = '', message = '', $metadata } = (error ?? {}) as Said
  const status = $metadata?.httpStatusCode
  const said = messageOf(error).slice(0, 300)
  if (error instanceof ReeveError) {
    const nowhere = error.fields['code'] === 'ENOTFOUND' && region !== undefined
    return {
      reason: nowhere
        ? `${action}: no address is known for it in ${region}: it is not offered there, or a name server hides it; list the regions to read in the settings`
        : error.message,
    }
  }
  if (ENDED.test(name) || /token (included in the request )?(has|is) expired|session (has|is) expired/i.test(message))
    return { reason: `${action}: the session has ended (${name}); log in again and read once more` }
  if (SKEWED.test(name) && (name.startsWith('Request') || /expired|not yet current|skew|in the future/i.test(message)))
    return {
      reason: `${action}: the clock of this machine differs from that of AWS (${said}); set it, then read once more`,
    }
  if (DENIED.test(name) || (status === 403 && !UNKNOWN_KEY.test(name) && !SKEWED.test(name)))
    return denied(action, message)
  if (SKEWED.test(name))
    return { reason: `${action}: AWS does not accept the signature (${name}); check the secret access key` }
  if (UNKNOWN_KEY.test(name))
    return {
      reason:
        region === undefined
          ? `${action}: AWS does not know these credentials (${name})`
          : `${action}: ${region} does not know these credentials (${name}); the region may not be enabled for the account`,
    }
  if (THROTTLED.test(name) || status === 429)
    return {
      reason: `${action}: AWS still throttles after ${$metadata?.attempts ?? 'several'} attempts; read again later`,
    }
  if (status !== undefined && (status === 404 || status >= 500 || status === 405 || name === 'SyntaxError'))
    return { reason: `${action}: it does not answer here (${status} ${name === 'SyntaxError' ? 'and no JSON' : name})` }
  return { reason: `${action}: ${name === '' || said.startsWith(name) ? said : `${name}: ${said}`}` }
}

function denied(action: string, message: string): Refusal {
  const asked = /perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? action
  const by = /explicit deny in an? ([\w -]+?)(?::|$|\.)/i.exec(message)?.[1]
  const silent = /no ([\w -]+?) (?:policy )?allows/.exec(message)?.[1]
  const reason = `${asked} is denied${by === undefined ? '' : ` by an explicit deny in a ${by}`}`
  const bound = /service control|resource control|boundary|session/i.exec(by ?? silent ?? '')
    ? (by ?? silent)
    : undefined
  if (bound !== undefined) return { reason, permission: `${asked}, which the ${bound} must let through` }
  if (silent?.startsWith('resource-based'))
    return { reason, permission: `${asked}, in the policy of the resource itself` }
  return { reason, permission: asked }
}
