/*
 * The error codes alone. Separate from error-status.ts, which explains them, so that the web app, which only recognises
 * codes, does not contain their statuses.
 */

const ERROR_CODES = [
  'invalid_request',
  'transaction_not_found',
  'transaction_replaced',
  'transaction_invalid',
  'transaction_expired',
  'authorization_denied',
  'authorization_failed',
  'code_rejected',
  'no_session',
  'session_invalid',
  'session_expired',
  'session_refused',
  'invalid_token',
  'origin_not_allowed',
  'csrf_header_missing',
  'insufficient_scope',
  'not_found',
  'method_not_allowed',
  'transaction_replayed',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'internal_error',
  'provider_bad_response',
  'provider_misconfigured',
  'unsafe_topup_url',
  'provider_unavailable',
  'refresh_in_progress',
  'shutting_down',
  'provider_timeout',
] as const;

/**
 * One of the error codes of the API.
 * @example
 * const code: ErrorCode = 'no_session';
 */
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * Whether a value from outside is one of our error codes.
 * @example
 * const code = isErrorCode(body.error) ? body.error : 'internal_error';
 */
export function isErrorCode(value: unknown): value is ErrorCode {
  return ERROR_CODES.some((code) => code === value);
}
