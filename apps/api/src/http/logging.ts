import type { FastifyRequest } from 'fastify';
import { destination } from 'pino';
import { ApiError, causesOf } from './api-error.ts';

/** Where log lines go, if not to standard output. */
export interface LogStream {
  write: (line: string) => void;
}

const FLUSH_INTERVAL_MS = 100;

/** Standard output, by the page: a write for each line is a tenth of what a request costs. */
export function createLogStream(): LogStream {
  const stream = destination({ sync: true, minLength: 4096, periodicFlush: FLUSH_INTERVAL_MS });
  process.once('exit', () => stream.flushSync());
  return stream;
}

/**
 * JSON lines. Fastify would write a request's URL, where the query of a mistaken request may hold a code or a token,
 * and an error's message, which may quote what the provider said. Both are replaced by what can't hold a secret.
 */
export function loggerOptions(level: string, stream?: LogStream) {
  return {
    level,
    ...(stream && { stream }),
    serializers: { req: describeRequest, err: describeError },
  };
}

/** The route's pattern, not the path: a path is input too. */
function describeRequest(request: FastifyRequest) {
  return { method: request.method, route: routeOf(request)?.url ?? 'none' };
}

/** Fastify's type promises a route, but a request whose URL can't be decoded has none. */
export function routeOf({ routeOptions }: FastifyRequest): FastifyRequest['routeOptions'] | undefined {
  return routeOptions;
}

/** Names and codes of an error and its causes; of an unexpected one also where in our code it came from. */
function describeError(error: Error) {
  const isOurs = error instanceof ApiError && error.code !== 'internal_error';
  const [outermost, ...causes] = [...causesOf(error)].map(({ name, code }) => ({
    ...(typeof name === 'string' && { name }),
    ...(typeof code === 'string' && { code }),
  }));
  return {
    type: outermost?.name ?? 'Error',
    message: outermost?.code ?? '',
    stack: isOurs ? '' : framesOf(error.cause instanceof Error ? error.cause : error),
    causes,
  };
}

/** A stack without its first line, the message. */
function framesOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
  return frames.join('\n');
}
