import dns from 'node:dns';
import type { Dispatcher } from 'undici';
import type { ProviderConfig } from '../config.ts';
import { NeverSentError } from './never-sent-error.ts';

interface OutgoingRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | undefined;
  /** For everything, from waiting for a connection to the last byte of the response. */
  timeoutMs: number;
}

export interface IncomingResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/**
 * Sends one HTTP request and reads the whole response. Follows no redirect.
 *
 * @throws {NeverSentError} if no byte of the request was sent: the host is unknown, refuses, is silent or has an invalid
 * certificate
 * @throws {DOMException} a `TimeoutError`
 * @throws {Error} named `BodyTooLargeError`, `HTTPParserError` or `HeadersOverflowError`, or another error of undici's
 */
export type SendRequest = (request: OutgoingRequest) => Promise<IncomingResponse>;

const CONNECT_TIMEOUT_MS = 3000;
/**
 * Node tries the addresses of a host in turn. By default it gives up each but the last after a quarter of a second, which
 * is too short for a slow network.
 */
const ADDRESS_TIMEOUT_MS = CONNECT_TIMEOUT_MS / 2;

interface SenderOptions {
  proxies: ProviderConfig['proxies'];
  /** Of a response, as it arrives. */
  maxBodyBytes: number;
}

export async function createSendRequest({ proxies, maxBodyBytes }: SenderOptions): Promise<SendRequest> {
  const { EnvHttpProxyAgent } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({
    ...proxies,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
      // A network without IPv6 may swallow packets to an IPv6 address, and each connection would wait for it.
      lookup: (host, options, callback) => dns.lookup(host, { ...options, order: 'ipv4first' }, callback),
    },
    // The connection to a proxy.
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Over HTTP/2, the requests to all endpoints would share one connection and its limit.
    allowH2: false,
    keepAliveTimeout: 30_000,
    // The deadline of each request is shorter than undici's two time-outs.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return async (request) => {
    const deadline = performance.now() + request.timeoutMs;
    const attempt = () => dispatch({ dispatcher, request, deadline, maxBodyBytes });
    try {
      return await attempt();
    } catch (error) {
      const isRepeatable = error instanceof NeverSentError || error instanceof ConnectionDroppedError;
      if (!isRepeatable || performance.now() >= deadline) throw error;
      return attempt();
    }
  };
}

/**
 * The connection ended before the response began: a server may close a kept one at any time. The request was a GET, which
 * may be sent again (RFC 9110 §9.2.2).
 */
class ConnectionDroppedError extends Error {
  override name = 'ConnectionDroppedError';
}

class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
}

/** undici's code for an end by the other side, and those of the operating system for a reset. */
const DROPPED = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

interface Attempt {
  dispatcher: Dispatcher;
  request: OutgoingRequest;
  deadline: number;
  maxBodyBytes: number;
}

/**
 * undici's `request` does the same with a stream, an abort signal and an async resource for each request, which cost more
 * than the request itself: docs/decisions/2026-11-25-undici-dispatch.md.
 */
function dispatch(attempt: Attempt): Promise<IncomingResponse> {
  const { dispatcher, request, deadline, maxBodyBytes } = attempt;
  const { url, method, headers, body = null } = request;
  const { origin, pathname, search } = new URL(url);
  /** Undefined until a connection is ready. Before that, no byte has been sent. */
  let sending: Dispatcher.DispatchController | undefined;
  let response: Omit<IncomingResponse, 'body'> | undefined;
  const chunks: Buffer[] = [];
  let byteCount = 0;

  // A promise settles once. undici may report more afterwards, such as the end of a request that was given up.
  return new Promise((resolve, reject) => {
    let timeout: DOMException | undefined;
    const timer = setTimeout(
      () => {
        timeout = new DOMException('the provider took too long', 'TimeoutError');
        fail(timeout);
        sending?.abort(timeout);
      },
      Math.max(0, deadline - performance.now()),
    );

    function fail(error: Error): void {
      clearTimeout(timer);
      const isDropped = 'code' in error && DROPPED.includes(String(error.code));
      if (!sending) reject(new NeverSentError('ConnectError', { cause: error }));
      else if (isDropped && method === 'GET' && !response) {
        reject(new ConnectionDroppedError('dropped', { cause: error }));
      } else reject(error);
    }

    const options = { origin, path: pathname + search, method, headers, body };
    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        // The request was still waiting for a connection when its time was up.
        if (timeout) return controller.abort(timeout);
        sending = controller;
      },
      onResponseStart(_controller, status, responseHeaders) {
        // Only informational responses (1xx) come before the response.
        if (status >= 200) response = { status, headers: responseHeaders };
      },
      onResponseData(controller, chunk) {
        byteCount += chunk.byteLength;
        // Closes the connection and ends in `onResponseError`.
        if (byteCount > maxBodyBytes) controller.abort(new BodyTooLargeError());
        else chunks.push(chunk);
      },
      onResponseEnd() {
        clearTimeout(timer);
        if (!response) return;
        const complete = { ...response, body: Buffer.concat(chunks) };
        // undici frees the connection in an immediate of its own, which it is about to set. A caller that sends the next
        // request before that would open a second connection.
        queueMicrotask(() => setImmediate(resolve, complete));
      },
      onResponseError: (_controller, error) => fail(error),
    });
  });
}
