import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { destination } from 'pino';
import { ApiError, causesOf } from './api-error.ts';

/** Where the log lines go instead of standard output. */
export interface LogStream {
  write: (line: string) => void;
}

const FLUSH_INTERVAL_MS = 100;

/** Standard output, buffered: one write per line would be a tenth of the cost of a request. */
export function createLogStream(): LogStream {
  const stream = destination({ sync: true, minLength: 4096, periodicFlush: FLUSH_INTERVAL_MS });
  process.once('exit', () => stream.flushSync());
  return stream;
}

/** Logs one line for each request. */
export const requestLog = fp(async (app) => {
  app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    request.log.info({ req: request, status: statusCode, durationMs: Math.round(elapsedTime) }, 'answered');
  });
});

/**
 * JSON lines without secrets. Fastify's own serializers would write the URL, whose query may contain a code or a token,
 * and the message of an error, which may quote the provider.
 */
export function loggerOptions(level: string, stream?: LogStream) {
  return {
    level,
    ...(stream && { stream }),
    serializers: { req: describeRequest, err: describeError },
  };
}

/** The pattern of the route. The path itself is input and may contain anything. */
function describeRequest({ method, routeOptions }: FastifyRequest) {
  return { method, route: routeOptions.url ?? 'none' };
}

/** Names and codes of an error and its causes. An unexpected error also gets the stack, without its message. */
function describeError(error: Error) {
  const isExpected = error instanceof ApiError && error.code !== 'internal_error';
  const [outermost, ...causes] = [...causesOf(error)].map(({ name, code }) => ({
    ...(typeof name === 'string' && { name }),
    ...(typeof code === 'string' && { code }),
  }));
  return {
    type: outermost?.name ?? 'Error',
    message: outermost?.code ?? '',
    stack: isExpected ? '' : framesOf(error.cause instanceof Error ? error.cause : error),
    causes,
  };
}

/** The stack without its first line, which is the message. */
function framesOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
  return frames.join('\n');
}
