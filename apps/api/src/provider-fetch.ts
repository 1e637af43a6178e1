import { ApiError, causesOf } from './errors.ts';
import { HeldBackError } from './limited-fetch.ts';

/** Like `fetch`, but the answer is already read, and every way to fail is an ApiError. */
export type ProviderFetch = (url: string, init: ProviderRequest) => Promise<Response>;

interface ProviderRequest {
  method?: string;
  headers: Record<string, string>;
  body?: URLSearchParams;
  /** Ends the request sooner than the common time-out does. */
  signal?: AbortSignal;
}

const MAX_BODY_BYTES = 64 * 1024;

/**
 * The only way out of this process. Whatever the provider does, be it slow, huge or sending us elsewhere, ends
 * here in one of three codes.
 */
export function createProviderFetch({ timeoutMs }: { timeoutMs: number }): ProviderFetch {
  return async (url, { signal, ...init }) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const request: RequestInit = {
      ...init,
      // `fetch` repeats a 307 with its body, client secret and code included, wherever it points.
      redirect: 'manual',
      headers: { ...init.headers, 'accept-encoding': 'identity' },
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    };
    try {
      const response = await readCapped(await sendOrRepeat(url, request));
      if (response.status >= 300 && response.status < 400) {
        throw new ApiError('provider_bad_response', { cause: { name: 'RedirectRefused' } });
      }
      return response;
    } catch (error) {
      throw error instanceof ApiError ? error : toNetworkFault(error);
    }
  };
}

/**
 * Whether the provider can't have seen the request. Only then is it safe to send it again: a code works once,
 * and a refresh token that was seen may be used up.
 */
export function wasNeverSent(error: unknown): boolean {
  return [...causesOf(error)].some(
    (cause) =>
      cause instanceof HeldBackError || (typeof cause.code === 'string' && NEVER_SENT.has(cause.code)),
  );
}

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** How long to wait after this answer: seconds or a date (RFC 9110 §10.2.3), within what a person would wait. */
export function retryAfter(response?: Response): Record<string, string> {
  const value = response?.headers.get('retry-after') ?? '';
  const seconds = /^-?\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return { 'retry-after': String(Number.isNaN(seconds) ? 5 : Math.min(Math.max(seconds, 1), 60)) };
}

/** A page for people: a firewall, a proxy or a crash answered, not the endpoint. */
export function isHtml(response: Response, body: string): boolean {
  return /\bx?html\b/i.test(response.headers.get('content-type') ?? '') || body.trimStart().startsWith('<');
}

async function sendOrRepeat(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (!wasNeverSent(error)) throw error;
    return fetch(url, request);
  }
}

function toNetworkFault(error: unknown): ApiError {
  const isTimeout = [...causesOf(error)].some(({ name }) => name === 'TimeoutError');
  return isTimeout
    ? new ApiError('provider_timeout', { cause: error })
    : new ApiError('provider_unavailable', { cause: error, headers: retryAfter() });
}

/** Counts what comes out of the decompressor: a few kilobytes of gzip can hold gigabytes. */
async function readCapped(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of response.body ?? []) {
    byteCount += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (byteCount > MAX_BODY_BYTES) {
      throw new ApiError('provider_bad_response', { cause: { name: 'BodyTooLarge' } });
    }
    chunks.push(chunk);
  }
  const { status, headers } = response;
  if (status < 200 || status > 599) {
    throw new ApiError('provider_bad_response', { cause: { name: 'StatusOutOfRange' } });
  }
  return new Response(byteCount > 0 ? Buffer.concat(chunks) : null, { status, headers });
}
