import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import type { ProviderConfig } from '../config.ts';
import { ApiError, causesOf } from '../http/api-error.ts';
import type { EventBus, ProviderEndpoint } from '../http/events.ts';
import { createSendRequest, type IncomingResponse, type SendRequest } from './send-request.ts';

/** Sends one request to the provider and reads the whole response. @throws {ApiError} for every failure */
export type ProviderFetch = (url: string, request: ProviderRequest) => Promise<ProviderResponse>;

interface ProviderRequest {
  endpoint: ProviderEndpoint;
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Shorter than the common time-out. */
  timeoutMs?: number;
}

/** The parts of a response that this app reads. An absent header is an empty text. */
export interface ProviderResponse {
  status: number;
  contentType: string;
  retryAfter: string;
  body: string;
}

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Every request to the provider passes through here. A provider that is unreachable, too slow, too talkative or not
 * HTTP ends as `provider_unavailable`, `provider_timeout` or `provider_bad_response`.
 */
export function createProviderFetch(
  provider: Pick<ProviderConfig, 'timeoutMs' | 'proxies'>,
  events: Pick<EventBus, 'emit'>,
): ProviderFetch {
  // Loading undici takes a third of the start-up time, so the first request loads it.
  let loading: Promise<SendRequest> | undefined;

  return async (url, { endpoint, method = 'GET', headers, body, timeoutMs = provider.timeoutMs }) => {
    const startedAt = performance.now();
    const notify = (outcome: string) =>
      events.emit('provider_answered', {
        endpoint,
        outcome,
        seconds: (performance.now() - startedAt) / 1000,
      });
    const sendRequest = await (loading ??= createSendRequest({
      proxies: provider.proxies,
      maxBodyBytes: MAX_BODY_BYTES,
    }));
    try {
      const incoming = await sendRequest({
        url,
        method,
        headers: { ...headers, 'accept-encoding': 'identity' },
        body,
        timeoutMs: Math.min(timeoutMs, provider.timeoutMs),
      });
      const response = await readResponse(incoming);
      notify(`${Math.floor(response.status / 100)}xx`);
      return response;
    } catch (error) {
      const apiError = error instanceof ApiError ? error : toApiError(error);
      notify(apiError.code);
      throw apiError;
    }
  };
}

/** Copies the provider's `Retry-After`, seconds or a date (RFC 9110 §10.2.3), within 1 to 60 seconds. Default: 5. */
export function boundedRetryAfter(value = ''): Record<string, string> {
  const seconds = /^-?\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return { 'retry-after': String(Number.isNaN(seconds) ? 5 : Math.min(Math.max(seconds, 1), 60)) };
}

/** Whether a firewall, a proxy or a crash page responded in place of the endpoint. */
export function isHtml({ contentType, body }: Pick<ProviderResponse, 'contentType' | 'body'>): boolean {
  return /\bx?html\b/i.test(contentType) || body.trimStart().startsWith('<');
}

/** The errors for a response that breaks RFC 9112, has too many headers or is too long. */
const BAD_RESPONSES = ['HTTPParserError', 'HeadersOverflowError', 'BodyTooLargeError'];

function toApiError(error: unknown): ApiError {
  const names = [...causesOf(error)].map(({ name }) => String(name));
  if (names.includes('TimeoutError')) return new ApiError('provider_timeout', { cause: error });
  if (names.some((name) => BAD_RESPONSES.includes(name))) {
    return new ApiError('provider_bad_response', { cause: error });
  }
  return new ApiError('provider_unavailable', { cause: error, headers: boundedRetryAfter() });
}

async function readResponse({ status, headers, body }: IncomingResponse): Promise<ProviderResponse> {
  if (status >= 300 && status < 400) throw badResponse('RedirectRefused');
  if (status > 599) throw badResponse('StatusOutOfRange');
  return {
    status,
    contentType: first(headers['content-type']),
    retryAfter: first(headers['retry-after']),
    body: (await decode(body, first(headers['content-encoding']))).toString(),
  };
}

function first(value: string | string[] = ''): string {
  return [value].flat()[0] ?? '';
}

const DECODERS = new Map<string, (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>>([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** This app asks for no encoding. Some servers compress all the same, and a small body may decompress to a huge one. */
async function decode(bytes: Buffer, contentEncoding: string): Promise<Buffer> {
  if (contentEncoding === '' || contentEncoding === 'identity' || bytes.length === 0) return bytes;
  const decoder = DECODERS.get(contentEncoding);
  if (!decoder) throw badResponse('EncodingRefused');
  try {
    return await decoder(bytes, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    throw new ApiError('provider_bad_response', { cause: error });
  }
}

function badResponse(name: string): ApiError {
  return new ApiError('provider_bad_response', { cause: { name } });
}
