import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import fp from 'fastify-plugin';
import { ApiError } from './api-error.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** `close()` waits until this promise has settled, even if the client of the request has disconnected. */
    finishBeforeClose: (work: Promise<unknown>) => void;
    /** True from `close()` on, also while requests are still served. */
    isShuttingDown: () => boolean;
  }
}

interface ShutdownOptions {
  /** How long requests are still served, so that load balancers notice `/readyz` in time. */
  drainSeconds: number;
  /** For everything after that. */
  shutdownTimeoutMs: number;
}

/** The end of `shutdownTimeoutMs`: half of it for accepting the last connections, half for answering them. */
const LAST_ANSWERS_MS = 1000;
/** Without a new connection for this long, none is waiting to be accepted. */
const QUIET_MS = 10;

/**
 * On close, serves requests for `drainSeconds`. Then waits for the requests in flight and for `finishBeforeClose`. Without
 * `drainSeconds`, the server still accepts connections meanwhile, so that it can answer new requests with 503 and `Retry-After`.
 */
export const shutdown = fp<ShutdownOptions>(async (app, { drainSeconds, shutdownTimeoutMs }) => {
  const responses = new Set<ServerResponse>();
  const work = new Set<Promise<unknown>>();
  let phase: 'serving' | 'draining' | 'refusing' = 'serving';
  let lastAnswers: Promise<void> | undefined;

  app.server.on('request', (_request, response) => {
    responses.add(response);
    response.on('close', () => responses.delete(response));
  });
  app.decorate('finishBeforeClose', (promise: Promise<unknown>) => {
    const forget = () => work.delete(promise);
    work.add(promise);
    promise.then(forget, forget);
  });
  app.decorate('isShuttingDown', () => phase !== 'serving');

  app.addHook('onRequest', async ({ raw }) => {
    if (phase !== 'refusing') return;
    // The answer closes the connection. With unread bytes of the body, the client would see a reset in place of the answer.
    if (!raw.complete) await finished(raw.resume()).catch(() => undefined);
    await lastAnswers;
    throw shuttingDown();
  });

  app.addHook('preClose', async () => {
    phase = 'draining';
    await delay(drainSeconds * 1000);
    // There is a load balancer. If it can't connect, it has sent nothing, and can send any request to another instance.
    if (drainSeconds > 0) await stopListening();
    phase = 'refusing';
    const isFinished = await waitAtMost(shutdownTimeoutMs - LAST_ANSWERS_MS, finishInFlight());
    if (!isFinished) {
      const unfinished = { requests: responses.size, refreshes: work.size };
      app.log.warn(unfinished, 'the shutdown took too long: these are cut off');
    }
    if (app.server.listening) await stopListening();
  });

  async function finishInFlight(): Promise<void> {
    while (responses.size + work.size > 0) {
      await Promise.allSettled([...[...responses].map((response) => once(response, 'close')), ...work]);
    }
  }

  /**
   * When Node stops listening, the kernel resets the connections that Node has not accepted yet. Node accepts only one in each
   * turn of its event loop. So the last answers are held back until no connection is waiting: a client with an answer would
   * connect again.
   */
  async function stopListening(): Promise<void> {
    const stopped = Promise.withResolvers<void>();
    lastAnswers = stopped.promise;
    await waitAtMost(LAST_ANSWERS_MS / 2, acceptAll());
    const closed = new Promise((resolve) => app.server.close(resolve));
    stopped.resolve();
    await waitAtMost(LAST_ANSWERS_MS / 2, closed);
  }

  async function acceptAll(): Promise<void> {
    let hasAccepted = true;
    app.server.on('connection', () => (hasAccepted = true));
    while (hasAccepted) {
      hasAccepted = false;
      await delay(QUIET_MS);
      await immediate(); // Node has just looked for new connections.
    }
  }
});

export function shuttingDown(): ApiError {
  return new ApiError('shutting_down', { headers: { 'retry-after': '5', connection: 'close' } });
}

/** @returns whether the work has settled within this time */
async function waitAtMost(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(timeoutMs, false, timer).catch(() => false);
  const isSettled = await Promise.race([work.then(() => true), timeout]);
  timer.abort();
  return isSettled;
}
