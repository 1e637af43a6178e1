import { ERRORS, type ErrorCode } from '@oneclick/shared/errors';
import type { ErrorResponse } from '@oneclick/shared/messages';

interface ApiErrorOptions {
  /** For the log: only its name and code are ever written. */
  cause?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** The one way to fail: a code of the contract for the caller, a cause for the log. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, { cause, headers = {} }: ApiErrorOptions = {}) {
    super(code, { cause });
    this.name = 'ApiError';
    this.code = code;
    this.headers = headers;
  }
}

/** One plain sentence per code. It holds no input, since an error page is a place to smuggle text into. */
const DESCRIPTIONS: Record<ErrorCode, string> = {
  invalid_request: 'The request is malformed.',
  transaction_not_found: 'This browser has no sign-in attempt with this state.',
  transaction_invalid: 'The sign-in attempt cannot be read.',
  transaction_expired: 'The sign-in attempt took too long.',
  authorization_denied: 'The user did not allow the sign-in.',
  authorization_failed: 'The provider ended the sign-in with an error.',
  code_rejected: 'The provider refused the authorization code.',
  no_session: 'Nobody is signed in.',
  session_invalid: 'The session cannot be read.',
  session_expired: 'The session has ended.',
  session_refused: 'The provider refused to continue the session.',
  invalid_token: 'The access token is missing, expired or invalid.',
  origin_not_allowed: 'Requests from this origin are not allowed.',
  csrf_header_missing: 'The X-CSRF header is missing.',
  insufficient_scope: 'The access token does not allow this.',
  not_found: 'There is nothing here.',
  method_not_allowed: 'This method is not allowed here.',
  transaction_replayed: 'The sign-in attempt was used before.',
  payload_too_large: 'The body is too large.',
  unsupported_media_type: 'The body must be application/json.',
  rate_limited: 'There were too many requests.',
  internal_error: 'Something went wrong on our side.',
  provider_bad_response: 'The provider gave an answer that makes no sense.',
  provider_misconfigured: 'The provider does not accept this app.',
  unsafe_topup_url: 'The provider gave a link that is not safe to open.',
  provider_unavailable: 'The provider cannot be reached.',
  refresh_in_progress: 'Another request is refreshing this session.',
  shutting_down: 'The server is shutting down.',
  provider_timeout: 'The provider took too long to answer.',
};

export function errorResponse(code: ErrorCode, requestId: string): ErrorResponse {
  return {
    error: code,
    error_description: DESCRIPTIONS[code],
    request_id: requestId,
    retryable: ERRORS[code].retryable,
  };
}

/** Translates what Fastify throws by itself. Its codes and texts name our library and may quote the request. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const given = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  const status = typeof given === 'number' ? given : 500;
  if (status === 404) return new ApiError('not_found', { cause: error });
  if (status === 413) return new ApiError('payload_too_large', { cause: error });
  if (status === 415) return new ApiError('unsupported_media_type', { cause: error });
  return new ApiError(status >= 400 && status < 500 ? 'invalid_request' : 'internal_error', { cause: error });
}

/** `Error.cause` and the parts of an AggregateError, outermost first: a network fault hides its code below. */
export function* causesOf(error: unknown): Generator<{ name?: unknown; code?: unknown }> {
  for (let depth = 0, queue = [error]; depth < 10 && queue.length > 0; depth += 1) {
    const current = queue.shift();
    if (typeof current !== 'object' || current === null) continue;
    yield current;
    if ('cause' in current) queue.push(current.cause);
    if ('errors' in current && Array.isArray(current.errors)) queue.push(...current.errors);
  }
}
