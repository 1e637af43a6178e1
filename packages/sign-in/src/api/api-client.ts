import { isErrorCode } from '@oneclick/shared/errors';
import { CSRF_HEADER } from '@oneclick/shared/paths';
import { Fault } from './fault.ts';
import { recordFrom } from './record.ts';

/** Longer than the API's own limit towards the provider, so that its answer is what we hear. */
const TIMEOUT_MS = 15_000;
const LONGEST_RETRY_AFTER_MS = 60_000;

type Parse<T> = (body: unknown) => T;

/** The one way to the API. Its paths are constants: no token goes anywhere else. */
export type ApiClient = ReturnType<typeof createApiClient>;

export function createApiClient({ origin }: { origin: string }) {
  async function request<T>(path: string, parse: Parse<T>, init: RequestInit): Promise<T> {
    const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(init.signal ? [init.signal] : [])];
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(origin + path, { ...init, cache: 'no-store', signal: AbortSignal.any(signals) });
      body = response.status === 204 ? undefined : await response.json();
    } catch (cause) {
      init.signal?.throwIfAborted();
      // A proxy in front of a dead API answers with a page of its own: no JSON, no code.
      throw new Fault(navigator.onLine ? 'api_unreachable' : 'offline', { retryable: true, cause });
    }
    if (!response.ok) throw faultFrom(response, body);
    try {
      return parse(body);
    } catch (cause) {
      throw new Fault('api_bad_answer', { status: response.status, cause });
    }
  }

  return {
    /** For the routes that read a cookie. */
    post<T>(path: string, { body, parse, ...init }: { body?: object; parse: Parse<T>; keepalive?: boolean }) {
      return request(path, parse, {
        ...init,
        method: 'POST',
        credentials: 'include',
        headers: {
          [CSRF_HEADER.name]: CSRF_HEADER.value,
          ...(body && { 'Content-Type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    },
    /** For the routes that read a bearer token: no cookie goes along. */
    get<T>(
      path: string,
      { accessToken, parse, ...init }: { accessToken: string; parse: Parse<T>; signal?: AbortSignal },
    ) {
      return request(path, parse, {
        ...init,
        credentials: 'omit',
        headers: { Authorization: `Bearer ${accessToken}` },
      });
    },
  };
}

function faultFrom(response: Response, body: unknown): Fault {
  const { error, request_id, retryable } = recordFrom(body);
  const isOurs = isErrorCode(error);
  const retryAfterMs = Number(response.headers.get('Retry-After')) * 1000;
  return new Fault(isOurs ? error : response.status >= 500 ? 'api_unreachable' : 'api_bad_answer', {
    status: response.status,
    retryable: isOurs ? retryable === true : response.status >= 500,
    ...(typeof request_id === 'string' && /^[\w-]{1,64}$/.test(request_id) && { requestId: request_id }),
    ...(retryAfterMs > 0 && { retryAfterMs: Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS) }),
  });
}
