import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { destination } from 'pino';
import { ApiError, causesOf } from './api-error.ts';

/** Where the log lines go. */
export interface LogStream {
  write: (line: string) => void;
  /** `drop`: a line did not fit into the buffer. `drain`: the buffer is written. */
  on?: (name: 'drop' | 'drain', listener: () => void) => unknown;
}

const FLUSH_INTERVAL_MS = 100;
/** About 100 lines. The pipe behind it holds about 200 more. */
const MAX_BUFFER_BYTES = 32 * 1024;

/**
 * Standard output, buffered: one write per line would be a tenth of the cost of a request.
 *
 * A write that the disk or the reader does not take never blocks and never throws. The lines stay in the buffer, each new
 * line tries again, and lines that don't fit are dropped.
 */
export function createLogStream(): LogStream {
  // Node makes a pipe or a socket non-blocking when it creates this stream: a write to a full one then fails at once.
  // Writing in the thread pool instead would block a thread, and with it the exit of the process.
  void process.stdout;
  const stream = destination({
    sync: true,
    minLength: 4096,
    periodicFlush: FLUSH_INTERVAL_MS,
    maxLength: MAX_BUFFER_BYTES,
    retryEAGAIN: () => false,
  });
  stream.removeAllListeners('error'); // pino's own listener would stop the log for good after one EPIPE.
  stream.on('error', () => undefined);
  // Not `flushSync`, which repeats a failing write for ever. The first flush may leave a part shorter than `minLength`.
  process.once('exit', () => {
    stream.flush();
    stream.flush();
  });
  return stream;
}

/** Logs one line for each request, and counts the lines that the stream drops. */
export const requestLog = fp<{ logStream: LogStream | undefined }>(async (app, { logStream }) => {
  app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    // The line of its error is enough: scanners ask for many unknown paths.
    if (request.is404) return;
    request.log.info({ req: request, status: statusCode, durationMs: Math.round(elapsedTime) }, 'answered');
  });

  let dropped = 0;
  let lastDropAt = 0;
  logStream?.on?.('drop', () => {
    dropped += 1;
    lastDropAt = performance.now();
    app.events.emit('log_line_dropped', {});
  });
  logStream?.on?.('drain', () => {
    // A reader that is only too slow empties the buffer again and again. It causes one warning, once no line is dropped.
    if (dropped === 0 || performance.now() - lastDropAt < FLUSH_INTERVAL_MS) return;
    app.log.warn({ event: 'log_lines_dropped', lines: dropped }, 'the log could not be written for a while');
    dropped = 0;
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
