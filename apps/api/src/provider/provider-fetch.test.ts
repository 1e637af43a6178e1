import { createServer, type RequestListener } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createProviderFetch } from './provider-fetch.ts';
import { portOf } from '../../test/support/port-of.ts';

/* How a connection breaks, and what each route makes of it, is in upstream-faults.test.ts. */

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${portOf(server)}/`;
}

const providerFetch = createProviderFetch({ timeoutMs: 5000 });

test.each([301, 302, 303, 307, 308])('a %i is not followed, and the secret goes nowhere', async (status) => {
  let canaryRequests = 0;
  const canary = await serve((_, response) => {
    canaryRequests += 1;
    response.end();
  });
  const url = await serve((_, response) => response.writeHead(status, { location: canary }).end('moved'));
  const answer = providerFetch(url, { headers: {}, method: 'POST', body: 'secret=x' });
  await expect(answer).rejects.toMatchObject({ code: 'provider_bad_response' });
  expect(canaryRequests).toBe(0);
});

test('a good answer comes through, and no encoding was asked for', async () => {
  const url = await serve(({ headers }, response) =>
    response
      .writeHead(404, { 'content-type': 'text/plain', 'retry-after': '7' })
      .end(headers['accept-encoding']),
  );
  expect(await providerFetch(url, { headers: {} })).toEqual({
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
] as const)('an answer in %s, which nobody asked for, is read all the same', async (encoding, compress) => {
  const url = await serve((_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(compress('hello')),
  );
  expect(await providerFetch(url, { headers: {} })).toMatchObject({ status: 200, body: 'hello' });
});

test('who asks may be less patient than the common time-out', async () => {
  const url = await serve(() => {});
  const answer = providerFetch(url, { headers: {}, signal: AbortSignal.timeout(50) });
  await expect(answer).rejects.toMatchObject({ code: 'provider_timeout' });
});
