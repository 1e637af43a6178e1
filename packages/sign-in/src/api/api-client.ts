import { isErrorCode } from '@oneclick/shared/error-status';
import { reportForeignAnswer } from '../diagnostics/report-foreign-answer.ts';
import { recordFrom } from '../record.ts';
import { SignInError, type SignInErrorCode } from '../sign-in-error.ts';
import { apiOriginOfPage } from './api-origin.ts';
import { COOKIE_REQUEST, TIMEOUT_MS } from './cookie-request.ts';
import { parseTokenUrl, toTokenOrigins } from './token-origins.ts';
import { withTimeLimit } from './with-time-limit.ts';

const MAX_RETRY_AFTER_MS = 60_000;

type Parse<T> = (body: unknown) => T;

/** All requests of the package. A token leaves this module only in a header to an origin that may have it. */
export interface ApiClient {
  /** For the routes that read a cookie. `response`: the answer, if this request has been sent already. */
  post<T>(
    path: string,
    options: { parse: Parse<T>; body?: object; keepalive?: boolean; response?: Promise<Response> },
  ): Promise<T>;
  /**
   * For a path of the API that reads a bearer token, or a URL of one of the token origins. Sends no cookie.
   * @throws {TypeError} for any other target, before the token is used
   */
  get<T>(target: string, options: { accessToken: string; parse: Parse<T>; signal?: AbortSignal }): Promise<T>;
  /** Whether the API is on another host than the page, so that its cookies may be third-party cookies. */
  isOnOtherHost(): boolean;
}

interface Target {
  url: URL;
  /** Only the API's answers can end the session. Another server may use the same codes for its own errors. */
  isApi: boolean;
}

/** @param options.onAnswer called when a server has answered, whatever the answer is */
export function createApiClient({
  apiOrigin,
  tokenOrigins = [],
  onAnswer,
}: {
  apiOrigin?: string | undefined;
  tokenOrigins?: readonly string[] | undefined;
  onAnswer?: () => void;
} = {}): ApiClient {
  const otherOrigins = toTokenOrigins(tokenOrigins);

  function apiTarget(path: string): Target {
    const base = (apiOrigin ?? apiOriginOfPage()).replace(/\/$/, '');
    const url = new URL(base + path, location.href);
    if (!path.startsWith('/') || url.origin !== new URL(base, location.href).origin) {
      throw new TypeError(`Not a path of the API: ${path}`);
    }
    return { url, isApi: true };
  }

  /** RFC 6750 §5.3: a token must not reach a server that it is not for. */
  function tokenTarget(target: string): Target {
    const url = parseTokenUrl(target, otherOrigins);
    return url ? { url, isApi: false } : apiTarget(target);
  }

  async function request<T>(
    { url, isApi }: Target,
    parse: Parse<T>,
    init: RequestInit,
    sent?: Promise<Response>,
  ): Promise<T> {
    let response: Response;
    let text: string;
    try {
      [response, text] = await withTimeLimit(
        async (signal) => {
          const answer = await (sent ?? fetch(url, { ...init, signal }));
          onAnswer?.();
          if (isApi && import.meta.env?.MODE === 'development') reportForeignAnswer(url.pathname, answer);
          return [answer, await answer.text()];
        },
        { timeoutMs: TIMEOUT_MS, signal: init.signal },
      );
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw unreachable({ cause });
    }
    let body: unknown;
    try {
      body = response.status === 204 ? undefined : JSON.parse(text);
    } catch (cause) {
      // The error page of a proxy whose API is down is no JSON and has no code.
      const { status, ok } = response;
      if (isApi) throw unreachable({ cause, status, ...(!ok && { body: text }) });
      body = text;
    }
    if (!response.ok) {
      throw (isApi ? apiErrorFrom(response, body) : undefined) ?? foreignErrorFrom(response, body);
    }
    try {
      return parse(body);
    } catch (cause) {
      throw new SignInError('api_bad_answer', { status: response.status, cause });
    }
  }

  return {
    post: async (path, { body, parse, response, ...init }) =>
      request(
        apiTarget(path),
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
    get: async (target, { accessToken, parse, ...init }) =>
      request(tokenTarget(target), parse, {
        ...init,
        credentials: 'omit',
        cache: 'no-store',
        // On a redirect, a browser before 2023 also sends the Authorization header to the other origin.
        redirect: 'error',
        headers: { Authorization: `Bearer ${accessToken}` },
      }),
    isOnOtherHost: () => apiTarget('/').url.hostname !== location.hostname,
  };
}

/** No server has answered, or another one than the API. */
export function unreachable(answer: { cause: unknown; status?: number; body?: string }): SignInError {
  const code = navigator.onLine || answer.status ? 'api_unreachable' : 'offline';
  return new SignInError(code, { retryable: true, ...answer });
}

/** Undefined if it is not an error of the contract: a proxy or another server has answered in place of the API. */
function apiErrorFrom({ status, headers }: Response, body: unknown): SignInError | undefined {
  const { error, request_id: requestId, retryable } = recordFrom(body);
  if (typeof requestId !== 'string' || typeof retryable !== 'boolean') return undefined;
  return new SignInError(isErrorCode(error) ? error : codeForClass(status), {
    status,
    retryable,
    ...(/^[\w-]{1,64}$/.test(requestId) && { requestId }),
    ...retryAfterIn(headers),
  });
}

/** The API is newer and has a code that this version does not know. The status says what the user can do next. */
function codeForClass(status: number): SignInErrorCode {
  if (status === 401) return 'session_invalid';
  return status < 500 ? 'api_bad_answer' : 'internal_error';
}

function foreignErrorFrom({ status, headers }: Response, body: unknown): SignInError {
  const isServerError = status >= 500;
  const code = isServerError ? 'api_unreachable' : 'api_bad_answer';
  return new SignInError(code, { status, retryable: isServerError, body, ...retryAfterIn(headers) });
}

function retryAfterIn(headers: Headers): { retryAfterMs?: number } {
  const retryAfterMs = Math.min(Number(headers.get('Retry-After')) * 1000, MAX_RETRY_AFTER_MS);
  return retryAfterMs > 0 ? { retryAfterMs } : {};
}
