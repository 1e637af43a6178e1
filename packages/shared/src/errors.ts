/*
 * Without a schema library: the pages that open in the sign-in window read this, too.
 */

/**
 * Every error the API can answer with: its HTTP status, and whether the same request may succeed later
 * without the user doing anything. The codes tell apart what the user does next, not what broke inside.
 */
export const ERRORS = {
  invalid_request: { status: 400, retryable: false },
  /** No transaction cookie for this state: begun in another browser, or cookies are blocked. Sign in again. */
  transaction_not_found: { status: 400, retryable: false },
  transaction_invalid: { status: 400, retryable: false },
  /** More than ten minutes passed between the click and the answer. Sign in again. */
  transaction_expired: { status: 400, retryable: false },
  /** The user said no at the provider. Nothing is wrong. */
  authorization_denied: { status: 400, retryable: false },
  authorization_failed: { status: 400, retryable: false },
  /** The provider refused the code: used, expired, or not ours. Sign in again. */
  code_rejected: { status: 400, retryable: false },

  no_session: { status: 401, retryable: false },
  session_invalid: { status: 401, retryable: false },
  /** Its end was reached, or the provider said `invalid_grant`. The cookie is cleared. */
  session_expired: { status: 401, retryable: false },
  /** The provider refused in no standard form. The cookie is kept: the next reload may be signed in. */
  session_refused: { status: 401, retryable: false },
  /** The access token has ended or never was one. Refresh once, try once more. */
  invalid_token: { status: 401, retryable: false },

  origin_not_allowed: { status: 403, retryable: false },
  csrf_header_missing: { status: 403, retryable: false },
  insufficient_scope: { status: 403, retryable: false },

  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  transaction_replayed: { status: 409, retryable: false },
  payload_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  rate_limited: { status: 429, retryable: true },

  /** A fault of our own that no other code names. */
  internal_error: { status: 500, retryable: true },

  provider_bad_response: { status: 502, retryable: true },
  /** The provider does not accept us (client id, secret, redirect URI): the operator's work, not the user's. */
  provider_misconfigured: { status: 502, retryable: false },
  unsafe_topup_url: { status: 502, retryable: false },
  provider_unavailable: { status: 503, retryable: true },
  refresh_in_progress: { status: 503, retryable: true },
  shutting_down: { status: 503, retryable: true },
  provider_timeout: { status: 504, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

/** @see ERRORS */
export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
