import type { ErrorCode } from './error-status.ts';

/**
 * The `error_description` of each code: one plain sentence for developers. It contains no input, because an error
 * page that repeats input can show an attacker's text. In a file of its own: the browser does not need it.
 *
 * @example
 * { error: 'no_session', error_description: ERROR_DESCRIPTIONS.no_session }
 */
export const ERROR_DESCRIPTIONS: Readonly<Record<ErrorCode, string>> = {
  invalid_request: 'The request is malformed.',
  transaction_not_found: 'This browser has no transaction with this state.',
  transaction_replaced: 'Newer transactions of this browser have replaced the one with this state.',
  transaction_invalid: 'The transaction cookie cannot be opened.',
  transaction_expired: 'The transaction has expired.',
  authorization_denied: 'The user denied the authorization request.',
  authorization_failed: 'The provider ended the authorization with an error.',
  code_rejected: 'The provider rejected the authorization code.',
  no_session: 'Nobody is signed in.',
  session_invalid: 'The session cookie cannot be opened, or the session was signed out.',
  session_expired: 'The session has expired.',
  session_refused: 'The session cannot be refreshed.',
  invalid_token: 'The access token is missing, expired or invalid.',
  origin_not_allowed: 'Requests from this origin are not allowed.',
  csrf_header_missing: 'The X-CSRF header is missing.',
  insufficient_scope: 'The access token lacks the required scope.',
  not_found: 'No such path.',
  method_not_allowed: 'This path does not support the method.',
  transaction_replayed: 'The transaction has already been used.',
  payload_too_large: 'The request body is too large.',
  unsupported_media_type: 'The request body must be application/json.',
  rate_limited: 'Too many requests.',
  internal_error: 'The server failed.',
  provider_bad_response: "The provider's response cannot be used.",
  provider_misconfigured: 'The provider does not accept this client.',
  unsafe_topup_url: 'The provider returned a top-up link that is not safe to open.',
  provider_unavailable: 'The provider cannot be reached.',
  refresh_in_progress: 'Another instance is refreshing this session.',
  shutting_down: 'The server is shutting down.',
  provider_timeout: 'The provider did not respond in time.',
};
