import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { ProviderConfig } from '../config.ts';
import { ApiError, causesOf } from '../http/api-error.ts';
import type { EventBus, ProviderEndpoint } from '../http/events.ts';
import { NeverSentError, wasNeverSent } from './never-sent-error.ts';

/** Sends one request to the provider and reads the whole response. @throws {ApiError} for every failure */
export type ProviderFetch = (url: string, request: ProviderRequest) => Promise<ProviderResponse>;

interface ProviderRequest {
  endpoint: ProviderEndpoint;
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Cancels the request before the common time-out. */
  signal?: AbortSignal;
}

/** The parts of a response that this app reads. An absent header is an empty text. */
export interface ProviderResponse {
  status: number;
  contentType: string;
  retryAfter: string;
  body: string;
}

const CONNECT_TIMEOUT_MS = 3000;
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Every request to the provider passes through here. A provider that is unreachable, too slow, too talkative or not
 * HTTP ends as `provider_unavailable`, `provider_timeout` or `provider_bad_response`.
 */
export function createProviderFetch(
  { timeoutMs }: Pick<ProviderConfig, 'timeoutMs'>,
  events: Pick<EventBus, 'emit'>,
): ProviderFetch {
  // Loading undici takes a third of the start-up time, so the first request loads it.
  let loading: Promise<Send> | undefined;

  return async (url, { endpoint, method = 'GET', headers, body, signal }) => {
    const startedAt = performance.now();
    const notify = (outcome: string) =>
      events.emit('provider_answered', {
        endpoint,
        outcome,
        seconds: (performance.now() - startedAt) / 1000,
      });
    const timeout = AbortSignal.timeout(timeoutMs);
    const send = await (loading ??= loadUndici());
    const request: SendOptions = {
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      ...(body !== undefined && { body }),
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    };
    try {
      const response = await readResponse(await sendOrRepeat(send, url, request));
      notify(`${Math.floor(response.status / 100)}xx`);
      return response;
    } catch (error) {
      const apiError = error instanceof ApiError ? error : toApiError(error);
      notify(apiError.code);
      throw apiError;
    }
  };
}

type SendOptions = Omit<Dispatcher.RequestOptions, 'origin' | 'path'>;
type Send = (url: string, options: SendOptions) => Promise<Dispatcher.ResponseData>;

async function loadUndici(): Promise<Send> {
  const { Agent, buildConnector, request } = await import('undici');
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
  const dispatcher = new Agent({
    // Before a connection exists, nothing is sent: the host is unknown, refuses, is silent or has an invalid certificate.
    connect: (options, callback) =>
      connect(options, (...[error, socket]) =>
        error ? callback(new NeverSentError('ConnectError', { cause: error }), null) : callback(null, socket),
      ),
    keepAliveTimeout: 30_000,
    connections: 128,
  });
  return (url, options) => request(url, { ...options, dispatcher });
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

/** Repeats a request that the provider has not seen. */
async function sendOrRepeat(send: Send, url: string, request: SendOptions): Promise<Dispatcher.ResponseData> {
  try {
    return await send(url, request);
  } catch (error) {
    if (!wasNeverSent(error)) throw error;
    return send(url, request);
  }
}

function toApiError(error: unknown): ApiError {
  const names = [...causesOf(error)].map(({ name }) => String(name));
  if (names.includes('TimeoutError')) return new ApiError('provider_timeout', { cause: error });
  // undici's errors for a response that breaks RFC 9112 or has too many headers.
  const isNotHttp = names.includes('HTTPParserError') || names.includes('HeadersOverflowError');
  if (isNotHttp) return new ApiError('provider_bad_response', { cause: error });
  return new ApiError('provider_unavailable', { cause: error, headers: boundedRetryAfter() });
}

async function readResponse({
  statusCode,
  headers,
  body,
}: Dispatcher.ResponseData): Promise<ProviderResponse> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    byteCount += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (byteCount > MAX_BODY_BYTES) throw badResponse('BodyTooLarge');
    chunks.push(chunk);
  }
  if (statusCode >= 300 && statusCode < 400) throw badResponse('RedirectRefused');
  if (statusCode < 200 || statusCode > 599) throw badResponse('StatusOutOfRange');
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  return {
    status: statusCode,
    contentType: first(headers['content-type']),
    retryAfter: first(headers['retry-after']),
    body: (await decode(bytes, first(headers['content-encoding']))).toString(),
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
