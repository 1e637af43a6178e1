import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { wasNeverSent } from './never-sent-error.ts';
import { createProviderFetch } from './provider-fetch.ts';
import { portOf } from '../../test/support/port-of.ts';

/* test/provider-faults.test.ts tests broken connections and the answer of each route to them. */

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${portOf(server)}/`;
}

const NO_PROXIES = { httpsProxy: '', httpProxy: '', noProxy: '' };
const providerFetch = createProviderFetch(
  { timeoutMs: 5000, proxies: NO_PROXIES },
  { emit: () => undefined },
);

test.each([301, 302, 303, 307, 308])('a redirect with %i is not followed', async (status) => {
  let canaryRequests = 0;
  const canary = await serve((_, response) => {
    canaryRequests += 1;
    response.end();
  });
  const url = await serve((_, response) => response.writeHead(status, { location: canary }).end('moved'));
  const answer = providerFetch(url, { endpoint: 'token', headers: {}, method: 'POST', body: 'secret=x' });
  await expect(answer).rejects.toMatchObject({ code: 'provider_bad_response' });
  expect(canaryRequests).toBe(0);
});

test('an answer is returned with its status, and the request asks for no compression', async () => {
  const url = await serve(({ headers }, response) =>
    response
      .writeHead(404, { 'content-type': 'text/plain', 'retry-after': '7' })
      .end(headers['accept-encoding']),
  );
  expect(await providerFetch(url, { endpoint: 'token', headers: {} })).toEqual({
    status: 404,
    contentType: 'text/plain',
    retryAfter: '7',
    body: 'identity',
  });
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)(
  'an answer compressed with %s is decompressed although the request did not ask for it',
  async (encoding, compress) => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress('hello')),
    );
    expect(await providerFetch(url, { endpoint: 'token', headers: {} })).toMatchObject({
      status: 200,
      body: 'hello',
    });
  },
);

test('a caller can set a shorter time-out, but no longer one', async () => {
  const url = await serve(() => {});
  const answer = providerFetch(url, { endpoint: 'token', headers: {}, timeoutMs: 50 });
  await expect(answer).rejects.toMatchObject({ code: 'provider_timeout' });
  const impatient = createProviderFetch({ timeoutMs: 50, proxies: NO_PROXIES }, { emit: () => undefined });
  const longer = impatient(url, { endpoint: 'token', headers: {}, timeoutMs: 60_000 });
  await expect(longer).rejects.toMatchObject({ code: 'provider_timeout' });
});

test('a request right after a response uses the same connection', async () => {
  const sockets = new Set<Socket>();
  const url = await serve(({ socket }, response) => {
    sockets.add(socket);
    response.end();
  });
  for (let i = 0; i < 5; i += 1) await providerFetch(url, { endpoint: 'userinfo', headers: {} });
  expect(sockets.size).toBe(1);
});

/** A provider that answers the first request of each connection and drops the connection at the second one. */
async function serveOncePerConnection() {
  const seen = new Set<Socket>();
  const received: string[] = [];
  const url = await serve(({ method = '', socket }, response) => {
    received.push(method);
    if (seen.has(socket)) return socket.destroy();
    seen.add(socket);
    return response.end(`answer ${received.length}`);
  });
  return { url, received };
}

test('a GET on a kept connection that the provider drops is sent once more', async () => {
  const { url, received } = await serveOncePerConnection();
  expect(await providerFetch(url, { endpoint: 'userinfo', headers: {} })).toMatchObject({ body: 'answer 1' });
  expect(await providerFetch(url, { endpoint: 'userinfo', headers: {} })).toMatchObject({ body: 'answer 3' });
  expect(received).toEqual(['GET', 'GET', 'GET']);
});

test('a GET that the provider drops is sent once more, although other requests open connections meanwhile', async () => {
  const { url, received } = await serveOncePerConnection();
  await providerFetch(url, { endpoint: 'userinfo', headers: {} });
  const answers = Promise.all(
    Array.from({ length: 5 }, () => providerFetch(url, { endpoint: 'userinfo', headers: {} })),
  );
  expect(await answers).toHaveLength(5);
  expect(received).toHaveLength(7);
});

test('a POST on a kept connection that the provider drops is not sent again', async () => {
  const { url, received } = await serveOncePerConnection();
  await providerFetch(url, { endpoint: 'userinfo', headers: {} });
  const answer = providerFetch(url, { endpoint: 'token', headers: {}, method: 'POST', body: 'code=x' });
  await expect(answer).rejects.toMatchObject({ code: 'provider_unavailable' });
  expect(await answer.catch(wasNeverSent)).toBe(false);
  expect(received).toEqual(['GET', 'POST']);
});

test('a GET whose answer breaks off on a kept connection is not sent again', async () => {
  const received: string[] = [];
  const url = await serve(({ method = '', socket }, response) => {
    received.push(method);
    if (received.length === 1) return response.end('ok');
    response.writeHead(200, { 'content-length': 100 }).write('{', () => socket.destroy());
    return undefined;
  });
  await providerFetch(url, { endpoint: 'userinfo', headers: {} });
  const answer = providerFetch(url, { endpoint: 'userinfo', headers: {} });
  await expect(answer).rejects.toMatchObject({ code: 'provider_unavailable' });
  expect(received).toEqual(['GET', 'GET']);
});

test('a GET on a kept connection that is never answered is not sent again', async () => {
  const received: string[] = [];
  const url = await serve(({ method = '' }, response) => {
    received.push(method);
    if (received.length === 1) response.end('ok');
  });
  await providerFetch(url, { endpoint: 'userinfo', headers: {} });
  const answer = providerFetch(url, { endpoint: 'userinfo', headers: {}, timeoutMs: 200 });
  await expect(answer).rejects.toMatchObject({ code: 'provider_timeout' });
  expect(received).toEqual(['GET', 'GET']);
});
