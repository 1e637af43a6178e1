import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { portOf } from '../support/port-of.ts';
import { createRotatingGrants } from './rotating-grants.ts';

/**
 * What goes wrong with one token request. `unavailable`, `reset` and `silent` happen before the tokens are rotated.
 * `cut` and `late` happen afterwards: the response is lost, or arrives after the client has given up.
 */
export type TokenFault = 'unavailable' | 'reset' | 'silent' | 'slow' | 'cut' | 'late';

interface RotatingProviderOptions {
  /** See `createRotatingGrants`. */
  overlapMs?: number;
  /** Called before each refresh. */
  chooseFault?: () => TokenFault | undefined;
  /** Delay of `slow` responses. */
  slowMs?: number;
  /** Delay of `late` responses. */
  lateMs?: number;
}

export type RotatingProvider = Awaited<ReturnType<typeof startRotatingProvider>>;

/** A provider that rotates refresh tokens, as an HTTP server on a free port of this machine. */
export async function startRotatingProvider(options: RotatingProviderOptions = {}) {
  const { overlapMs = 0, chooseFault, slowMs = 200, lateMs = 1500 } = options;
  const delays: { arrive: (socket: Socket) => void; released: Promise<void> }[] = [];

  const provider = Object.assign(createRotatingGrants({ overlapMs }), {
    origin: '',
    codeRequests: 0,
    refreshRequests: 0,
    revoked: [] as string[],
    /** Of the token requests, in order. */
    clientSecrets: [] as (string | null)[],
    /** Used up one by one, before `chooseFault` is called. */
    nextFaults: [] as TokenFault[],
    /**
     * Delays the next token request until `release` is called. The tokens are rotated afterwards, unless the client has
     * disconnected. This process notices the disconnection later than the end of the client: await `disconnected` first.
     */
    delayNext() {
      const arrived = Promise.withResolvers<void>();
      const disconnected = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      delays.push({
        arrive(socket) {
          socket.once('close', disconnected.resolve);
          arrived.resolve();
        },
        released: released.promise,
      });
      return {
        arrived: arrived.promise,
        disconnected: disconnected.promise,
        release: released.resolve,
      };
    },
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
    /** Listens at the same address again. */
    reopen: async () => void (await once(server.listen(port, '127.0.0.1'), 'listening')),
  });

  const server = createServer((request, response) => void respond(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const port = portOf(server);
  provider.origin = `http://127.0.0.1:${port}`;
  return provider;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    if (request.url === '/revoke') {
      provider.revoked.push(form.get('token') ?? '');
      response.end();
      return;
    }
    if (request.url === '/api/oauth2/userinfo') {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      const body = JSON.stringify({ id: 1, username: 'user1' });
      response.writeHead(provider.isAlive(token) ? 200 : 401).end(body);
      return;
    }
    const delayed = delays.shift();
    delayed?.arrive(request.socket);
    await delayed?.released;
    // The client has disconnected, so the request never happened.
    if (request.socket.destroyed) return;

    provider.clientSecrets.push(form.get('client_secret'));
    const isRefresh = form.get('grant_type') === 'refresh_token';
    const fault = isRefresh ? (provider.nextFaults.shift() ?? chooseFault?.()) : undefined;
    if (isRefresh) provider.refreshRequests += 1;
    else provider.codeRequests += 1;
    if (fault === 'unavailable') response.writeHead(503).end('{}');
    if (fault === 'reset') request.socket.resetAndDestroy();
    if (fault === 'unavailable' || fault === 'reset' || fault === 'silent') return;
    if (fault === 'slow') await delay(slowMs);
    if (request.socket.destroyed) return;

    const { status, body } = provider.respond(form);
    if (fault === 'cut') request.socket.destroy();
    if (fault === 'late') await delay(lateMs);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
