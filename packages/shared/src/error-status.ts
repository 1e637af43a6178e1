import type { ErrorCode } from './error-codes.ts';

export { type ErrorCode, isErrorCode } from './error-codes.ts';

/**
 * Every error code of the API, with its HTTP status. A code names the next step of the user, not the part that failed.
 *
 * `retryable`: the same request may succeed later, although the user has done nothing. An answer can say `false` where
 * this table says `true`: the code exchange does once the provider may have received the code, which it accepts once.
 *
 * @example
 * if (ERRORS[body.error].retryable) scheduleRetry();
 * @see https://docs.aihubmix.com/en/api/Auth for the provider's side
 */
export const ERRORS = {
  /** The request does not match its schema. The user can do nothing: the caller has a fault. */
  invalid_request: { status: 400, retryable: false },
  /** This browser has no transaction cookie for this state: another browser started the sign-in, or cookies are
   * blocked. The user allows cookies and signs in again. */
  transaction_not_found: { status: 400, retryable: false },
  /** This browser has no transaction cookie for this state, but as many others as the API keeps, which are newer. The user
   * finishes the newest one, or signs in again. */
  transaction_replaced: { status: 400, retryable: false },
  /** The transaction cookie can't be opened, or it belongs to the other flow. The user signs in again. */
  transaction_invalid: { status: 400, retryable: false },
  /** More than ten minutes passed between the click and the authorization response. The user signs in again. */
  transaction_expired: { status: 400, retryable: false },
  /** The user refused at the provider: `access_denied` (RFC 6749 §4.1.2.1), or `login_required` and its siblings (OpenID
   * Connect Core §3.1.2.6). The user signs in again if they like. */
  authorization_denied: { status: 400, retryable: false },
  /** The provider ended the authorization with another error. The user signs in again, or asks support. */
  authorization_failed: { status: 400, retryable: false },
  /** The provider refused the code: it was used, has expired, or belongs to another client. The user signs in again. */
  code_rejected: { status: 400, retryable: false },

  /** The request has no session cookie. The user signs in. */
  no_session: { status: 401, retryable: false },
  /** The session cookie can't be opened, or the session was signed out. The user signs in again. */
  session_invalid: { status: 401, retryable: false },
  /** The session has reached its end, or the provider answered `invalid_grant`. The API clears the cookie, and the
   * user signs in again. */
  session_expired: { status: 401, retryable: false },
  /** The provider refused the refresh in no standard form, or has issued no refresh token. The API keeps the cookie, so a
   * reload may be signed in again; otherwise the user signs in again. */
  session_refused: { status: 401, retryable: false },
  /** The access token is missing, malformed or expired (RFC 6750 §3.1). The page refreshes once and retries once;
   * after that the user signs in again. */
  invalid_token: { status: 401, retryable: false },

  /** The request comes from an origin that is not configured. The user opens the app at its usual address. */
  origin_not_allowed: { status: 403, retryable: false },
  /** The request lacks the header `X-CSRF`. The user can do nothing: the caller has a fault. */
  csrf_header_missing: { status: 403, retryable: false },
  /** The user did not grant the scope that this request needs (RFC 6750 §3.1). The user signs in again and grants it. */
  insufficient_scope: { status: 403, retryable: false },

  /** The API has no such path. The user can do nothing: the caller has a fault. */
  not_found: { status: 404, retryable: false },
  /** The path exists with another method; `Allow` names it. The user can do nothing: the caller has a fault. */
  method_not_allowed: { status: 405, retryable: false },
  /** Another request has used this transaction with another code, more than 30 seconds ago, or for a session that has ended.
   * The user reloads the page: the other request may have signed them in. */
  transaction_replayed: { status: 409, retryable: false },
  /** The body is over 8 KiB. The user can do nothing: the caller has a fault. */
  payload_too_large: { status: 413, retryable: false },
  /** The body is not `application/json`. The user can do nothing: the caller has a fault. */
  unsupported_media_type: { status: 415, retryable: false },
  /** Too many requests from one address. The page retries after `Retry-After`; the user waits a minute. */
  rate_limited: { status: 429, retryable: true },

  /** A fault in the API that no other code names. The user tries again, then quotes the request id to support. */
  internal_error: { status: 500, retryable: true },

  /** The provider's answer can't be used. The user tries again in a minute. */
  provider_bad_response: { status: 502, retryable: true },
  /** The provider refuses this client (id, secret or redirect URI). Only the operator can correct that. */
  provider_misconfigured: { status: 502, retryable: false },
  /** The provider's top-up link is not https, or its host is not allowed. The user tops up on the provider's site. */
  unsafe_topup_url: { status: 502, retryable: false },
  /** The provider can't be reached, or has too many requests in flight. The user tries again in a minute. */
  provider_unavailable: { status: 503, retryable: true },
  /** Another instance is refreshing this session. The page retries after `Retry-After`. */
  refresh_in_progress: { status: 503, retryable: true },
  /** This instance is shutting down. The page retries after `Retry-After`, and another instance answers. */
  shutting_down: { status: 503, retryable: true },
  /** The provider did not answer in time. The user tries again in a minute. */
  provider_timeout: { status: 504, retryable: true },
} as const satisfies Record<ErrorCode, { status: number; retryable: boolean }>;
