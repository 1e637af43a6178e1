import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { ApiError } from './errors.ts';
import { createProviderFetch, wasNeverSent } from './provider-fetch.ts';
import { portOf } from './testing/port-of.ts';

// Over real connections: how a connection breaks can't be played.

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${portOf(server)}/`;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server);
}

async function faultOf(url: string, timeoutMs = 2000): Promise<ApiError> {
  const providerFetch = createProviderFetch({ timeoutMs });
  const fault = await providerFetch(url, {
    headers: {},
    method: 'POST',
    body: 'secret=x',
  }).catch((error: unknown) => error);
  if (!(fault instanceof ApiError)) throw new Error('a fault was expected', { cause: fault });
  return fault;
}

test('a refused connection and an unknown host were never sent', async () => {
  const closed = createTcpServer();
  const url = await listen(closed);
  closed.close();
  for (const unreachable of [url, 'http://nowhere.invalid/']) {
    const fault = await faultOf(unreachable);
    expect(fault.code).toBe('provider_unavailable');
    expect(wasNeverSent(fault)).toBe(true);
  }
});

test('a reset after the request may have been seen, and is not repeated', async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.once('data', () => socket.resetAndDestroy());
  });
  onTestFinished(() => void server.close());
  const fault = await faultOf(await listen(server));
  expect(fault.code).toBe('provider_unavailable');
  expect(wasNeverSent(fault)).toBe(false);
  expect(connections).toBe(1);
});

test.each<[string, RequestListener]>([
  ['no headers', () => undefined],
  ['headers and then nothing', (_, response) => response.writeHead(200).flushHeaders()],
  [
    'a byte now and then',
    (_, response) => {
      const dripping = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(dripping));
    },
  ],
])('%s: a time-out', async (_, answer) => {
  expect((await faultOf(await serve(answer), 150)).code).toBe('provider_timeout');
});

test.each([301, 302, 303, 307, 308])('a %i is not followed, and the secret goes nowhere', async (status) => {
  let canaryRequests = 0;
  const canary = await serve((_, response) => {
    canaryRequests += 1;
    response.end();
  });
  const fault = await faultOf(
    await serve((_, response) => response.writeHead(status, { location: canary }).end('moved')),
  );
  expect(fault.code).toBe('provider_bad_response');
  expect(canaryRequests).toBe(0);
});

test.each<[string, RequestListener]>([
  [
    'a small body that unpacks to 50 MB',
    (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5e7))),
  ],
  [
    'a body without end',
    (_, response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
      };
      response.on('drain', write);
      write();
    },
  ],
])('%s: too large', async (_, answer) => {
  const fault = await faultOf(await serve(answer));
  expect(fault.code).toBe('provider_bad_response');
});

test('a body cut short is an interrupted connection', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setImmediate(() => response.destroy());
  });
  expect((await faultOf(url)).code).toBe('provider_unavailable');
});

test('a good answer comes through, and no encoding was asked for', async () => {
  const url = await serve(({ headers }, response) =>
    response
      .writeHead(404, { 'content-type': 'text/plain', 'retry-after': '7' })
      .end(headers['accept-encoding']),
  );
  expect(await createProviderFetch({ timeoutMs: 2000 })(url, { headers: {} })).toEqual({
    status: 404,
    contentType: 'text/plain',
    retryAfter: '7',
    body: 'identity',
  });
});
