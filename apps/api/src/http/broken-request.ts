import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fp from 'fastify-plugin';
import { ApiError, errorResponse } from './api-error.ts';

const STATUS_BY_CODE: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers input that Node can't parse as an HTTP request, in the same form as every other error. */
export function answerBrokenRequest(headers: Readonly<Record<string, string>>) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const status = STATUS_BY_CODE[error.code ?? ''] ?? 400;
    const body = JSON.stringify(errorResponse('invalid_request', randomUUID()));
    const lines = Object.entries({
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  };
}

/**
 * Refuses two kinds of requests that Node itself would answer with an empty body: HTTP/1.1 without `Host` (RFC 9112 §3.2),
 * and an expectation that the API can't meet (RFC 9110 §10.1.1). After the rate limit, so that they are limited too.
 */
export const unmetConditions = fp(async (app) => {
  const { server } = app;
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    server.emit('request', request, response),
  );
  app.addHook('preParsing', async ({ headers: { host, expect }, raw }) => {
    const isUnmet = expect !== undefined && !/(?:^|\W)100-continue(?:$|\W)/i.test(expect);
    if (raw.httpVersion === '1.1' && (host === undefined || isUnmet)) throw new ApiError('invalid_request');
  });
});
