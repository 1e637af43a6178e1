import { createServer, type RequestListener } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
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

const providerFetch = createProviderFetch({ timeoutMs: 5000 }, { emit: () => undefined });

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

test('a caller can set a shorter time-out with its own signal', async () => {
  const url = await serve(() => {});
  const answer = providerFetch(url, { endpoint: 'token', headers: {}, signal: AbortSignal.timeout(50) });
  await expect(answer).rejects.toMatchObject({ code: 'provider_timeout' });
});
