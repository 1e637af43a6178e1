import { type ErrorCode, isErrorCode } from '@oneclick/shared/error-status';

const CLIENT_CODES = [
  /** The browser reports that there is no network. */
  'offline',
  /** No answer, or one that is not the API's: no connection, a proxy's error page, the API is down. */
  'api_unreachable',
  /** The API answered with a message that the contract does not contain, or another server refused a request. */
  'api_bad_answer',
  /** The sign-in window was closed before it reached the provider. */
  'window_closed',
  /** The browser did not open a new tab for the top-up page. */
  'tab_blocked',
  /** The user blocks the cookies of this site, without which no sign-in can succeed. */
  'cookies_blocked',
  /** The browser has not kept the cookies of the API, which is on another host: as third-party cookies, for example. */
  'api_cookies_blocked',
  /** The app is shown inside another page, where signing in is not safe. */
  'framed',
] as const;

/**
 * Each way in which a sign-in, a session or a request can fail: the codes of the API and eight of the browser's side.
 * A code says what the user can do next, not which part failed.
 * @example
 * const sentence: Partial<Record<SignInErrorCode, string>> = { offline: 'You are offline.' };
 */
export type SignInErrorCode = ErrorCode | (typeof CLIENT_CODES)[number];

/**
 * Whether a value from outside is one of the codes.
 * @example
 * const code = isSignInErrorCode(value) ? value : 'internal_error';
 */
export function isSignInErrorCode(value: unknown): value is SignInErrorCode {
  return isErrorCode(value) || CLIENT_CODES.some((code) => code === value);
}

/**
 * The part of an error that a screen shows. Contains no token, no authorization code and no `state`.
 * @example
 * { code: 'provider_timeout', requestId: 'req-8f2c' }
 */
export interface ErrorDetails {
  /** Choose the sentence for the user and the next step by this code. */
  code: SignInErrorCode;
  /** The request in the API's log. Show it, so that the user can quote it to support. Missing if no API answered. */
  requestId?: string;
  /** The HTTP status, if another server has answered in place of the API: a proxy whose API is down, for example. */
  status?: number;
}

/** Reads error details that another page or tab has left. Undefined if the value has no known code. */
export function parseErrorDetails({
  code,
  requestId,
  status,
}: Record<string, unknown>): ErrorDetails | undefined {
  if (!isSignInErrorCode(code)) return undefined;
  return {
    code,
    ...(typeof requestId === 'string' && { requestId }),
    ...(typeof status === 'number' && { status }),
  };
}

/**
 * The error with which `fetchUserinfo`, `fetchWithAccessToken` and `topUp` reject.
 * @example
 * try {
 *   await client.fetchUserinfo();
 * } catch (error) {
 *   if (error instanceof SignInError && error.retryable) showTryAgain();
 * }
 */
export class SignInError extends Error implements ErrorDetails {
  declare readonly code: SignInErrorCode;
  declare readonly requestId?: string;
  /** The HTTP status, if there was an answer. */
  declare readonly status?: number;
  /** Whether the same request may succeed later, although the user has done nothing. */
  declare readonly retryable: boolean;
  /** Milliseconds to wait before the next request, from `Retry-After`. At most one minute. */
  declare readonly retryAfterMs?: number;
  /** What another server than the API has sent with an error status: JSON, or else its text. Not for a screen. */
  declare readonly body?: unknown;

  constructor(
    code: SignInErrorCode,
    {
      cause,
      ...answer
    }: {
      requestId?: string;
      status?: number;
      retryable?: boolean;
      retryAfterMs?: number;
      body?: unknown;
      cause?: unknown;
    } = {},
  ) {
    super(code, { cause });
    Object.assign(this, { retryable: false }, answer, { name: 'SignInError', code });
  }

  /** The error itself, or an `api_bad_answer` that has it as its cause. */
  static from(error: unknown): SignInError {
    return error instanceof SignInError ? error : new SignInError('api_bad_answer', { cause: error });
  }

  /** The part for a screen. */
  get details(): ErrorDetails {
    const { code, requestId, status } = this;
    return { code, ...(requestId ? { requestId } : status && { status }) };
  }
}
