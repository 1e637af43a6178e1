import { ERROR_DESCRIPTIONS } from '@oneclick/shared/error-descriptions';
import { ERRORS, type ErrorCode } from '@oneclick/shared/error-status';
import type { ErrorResponse } from '@oneclick/shared/messages';

interface ApiErrorOptions {
  /** For the log, which contains its name and its code, never its message. */
  cause?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** If it differs from the rule for the code: a request that has used up a code can't be sent again. */
  isRetryable?: boolean;
}

/** Every failure of the API: the code is for the caller, the cause is for the log. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly isRetryable: boolean;

  constructor(
    code: ErrorCode,
    { cause, headers = {}, isRetryable = ERRORS[code].retryable }: ApiErrorOptions = {},
  ) {
    super(code, { cause });
    this.name = 'ApiError';
    this.code = code;
    this.headers = headers;
    this.isRetryable = isRetryable;
  }
}

export function errorResponse(
  code: ErrorCode,
  requestId: string,
  { isRetryable = ERRORS[code].retryable } = {},
): ErrorResponse {
  return {
    error: code,
    error_description: ERROR_DESCRIPTIONS[code],
    request_id: requestId,
    retryable: isRetryable,
  };
}

/** Maps an error of Fastify's to a code. Fastify's own codes and texts name the framework and may quote the request. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const given = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  const status = typeof given === 'number' ? given : 500;
  if (status === 404) return new ApiError('not_found', { cause: error });
  if (status === 413) return new ApiError('payload_too_large', { cause: error });
  if (status === 415) return new ApiError('unsupported_media_type', { cause: error });
  return new ApiError(status >= 400 && status < 500 ? 'invalid_request' : 'internal_error', { cause: error });
}

/** The error, its causes and the parts of an AggregateError, outermost first. A network error has its code below. */
export function* causesOf(error: unknown): Generator<{ name?: unknown; code?: unknown }> {
  for (let depth = 0, queue = [error]; depth < 10 && queue.length > 0; depth += 1) {
    const current = queue.shift();
    if (typeof current !== 'object' || current === null) continue;
    yield current;
    if ('cause' in current) queue.push(current.cause);
    if ('errors' in current && Array.isArray(current.errors)) queue.push(...current.errors);
  }
}
