import { isErrorCode } from '@oneclick/shared/error-status';
import { reportForeignAnswer } from '../diagnostics/report-foreign-answer.ts';
import { recordFrom } from '../record.ts';
import { SignInError } from '../sign-in-error.ts';
import { apiOriginOfPage } from './api-origin.ts';
import { COOKIE_REQUEST, TIMEOUT_MS } from './cookie-request.ts';

const MAX_RETRY_AFTER_MS = 60_000;

type Parse<T> = (body: unknown) => T;

/** All requests to the API. A token leaves this module only in a header to the API's origin. */
export interface ApiClient {
  /** For the routes that read a cookie. `response`: the answer, if this request has been sent already. */
  post<T>(
    path: string,
    options: { parse: Parse<T>; body?: object; keepalive?: boolean; response?: Promise<Response> },
  ): Promise<T>;
  /** For the routes that read a bearer token. Sends no cookie. */
  get<T>(path: string, options: { accessToken: string; parse: Parse<T>; signal?: AbortSignal }): Promise<T>;
}

/** @param options.onAnswer called when the API, or a server in front of it, has answered, whatever the answer is */
export function createApiClient({
  apiOrigin,
  onAnswer,
}: { apiOrigin?: string | undefined; onAnswer?: () => void } = {}): ApiClient {
  /** @throws {TypeError} if the path leads to another origin, which must not receive the token (RFC 6750 §5.3) */
  function urlOf(path: string): URL {
    const base = (apiOrigin ?? apiOriginOfPage()).replace(/\/$/, '');
    const url = new URL(base + path, location.href);
    if (!path.startsWith('/') || url.origin !== new URL(base, location.href).origin) {
      throw new TypeError(`Not a path of the API: ${path}`);
    }
    return url;
  }

  async function request<T>(path: string, parse: Parse<T>, init: RequestInit, sent?: Promise<Response>) {
    const url = urlOf(path);
    const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(init.signal ? [init.signal] : [])];
    let response: Response;
    let body: unknown;
    try {
      response = await (sent ?? fetch(url, { ...init, signal: AbortSignal.any(signals) }));
      onAnswer?.();
      if (import.meta.env?.MODE === 'development') reportForeignAnswer(path, response);
      body = response.status === 204 ? undefined : await response.json();
    } catch (cause) {
      init.signal?.throwIfAborted();
      // The error page of a proxy whose API is down is no JSON and has no code.
      throw new SignInError(navigator.onLine ? 'api_unreachable' : 'offline', { retryable: true, cause });
    }
    if (!response.ok) throw errorFrom(response, body);
    try {
      return parse(body);
    } catch (cause) {
      throw new SignInError('api_bad_answer', { status: response.status, cause });
    }
  }

  return {
    post: (path, { body, parse, response, ...init }) =>
      request(
        path,
        parse,
        {
          ...COOKIE_REQUEST,
          ...init,
          ...(body && {
            headers: { ...COOKIE_REQUEST.headers, 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }),
        },
        response,
      ),
    get: (path, { accessToken, parse, ...init }) =>
      request(path, parse, {
        ...init,
        credentials: 'omit',
        cache: 'no-store',
        headers: { Authorization: `Bearer ${accessToken}` },
      }),
  };
}

function errorFrom({ status, headers }: Response, body: unknown): SignInError {
  const { error, request_id: requestId, retryable } = recordFrom(body);
  const isOurs = isErrorCode(error);
  const isServerError = status >= 500;
  const retryAfterMs = Math.min(Number(headers.get('Retry-After')) * 1000, MAX_RETRY_AFTER_MS);
  return new SignInError(isOurs ? error : isServerError ? 'api_unreachable' : 'api_bad_answer', {
    status,
    retryable: isOurs ? retryable === true : isServerError,
    ...(typeof requestId === 'string' && /^[\w-]{1,64}$/.test(requestId) && { requestId }),
    ...(retryAfterMs > 0 && { retryAfterMs }),
  });
}
