import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import fp from 'fastify-plugin';
import { ApiError } from './api-error.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** `close()` waits until this promise has settled, even if the client of the request has disconnected. */
    finishBeforeClose: (work: Promise<unknown>) => void;
  }
}

/**
 * On close, waits for the requests in flight and for `finishBeforeClose`. Meanwhile the server still accepts
 * connections, so that it can answer new requests with 503 and `Retry-After`.
 */
export const shutdown = fp(async (app) => {
  const responses = new Set<ServerResponse>();
  const work = new Set<Promise<unknown>>();
  let isClosing = false;

  app.server.on('request', (_request, response) => {
    responses.add(response);
    response.on('close', () => responses.delete(response));
  });
  app.decorate('finishBeforeClose', (promise: Promise<unknown>) => {
    const forget = () => work.delete(promise);
    work.add(promise);
    promise.then(forget, forget);
  });
  app.addHook('onRequest', async () => {
    if (isClosing)
      throw new ApiError('shutting_down', { headers: { 'retry-after': '5', connection: 'close' } });
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    await Promise.allSettled([...[...responses].map((response) => once(response, 'close')), ...work]);
  });
});
