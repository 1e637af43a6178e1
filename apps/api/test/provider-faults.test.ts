import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { PATHS } from '@oneclick/shared/paths';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { errorOf } from './support/browser.ts';
import { httpAnswer, startFaultyProvider, type Fault } from './doubles/faulty-provider.ts';
import { moveClock } from './support/clock.ts';
import { portOf } from './support/port-of.ts';
import { startApi, WEB_ORIGIN } from './support/test-api.ts';

/*
 * Faults on real connections to the provider, tested through every route that sends a request to it: the error code,
 * the cookies, and the number of requests that the provider received.
 */

/** Compressed once, because that takes longer than the time-out of the tests. */
const GZIP_OF_50_MB = gzipSync(Buffer.alloc(5e7));

const CANARY = 'canary-of-the-provider';

/** Prepares one request per route, each of its own browser, while the provider works. */
async function prepare() {
  const provider = await startFaultyProvider();
  const serverSide = { OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}/oauth/callback` };
  const { newBrowser } = await startApi({ env: { OAUTH_PROVIDER: provider.url, ...serverSide } });

  async function signedIn() {
    const browser = newBrowser();
    const { state } = await browser.start();
    expect((await browser.post(PATHS.exchangeToken, { code: 'code-1', state })).statusCode).toBe(200);
    return browser;
  }
  type Page = Awaited<ReturnType<typeof signedIn>>;
  const headersOf = async ({ jar }: Page) => ({
    origin: WEB_ORIGIN,
    'x-csrf': '1',
    cookie: await jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' }),
  });

  const popup = newBrowser();
  const { state } = await popup.start();
  const page = newBrowser();
  const { headers } = await page.navigate(PATHS.serverSideStart);
  const redirectState = new URL(String(headers.location)).searchParams.get('state');
  const bearer = { authorization: 'Bearer access-token-1' };
  const requests: Record<Route, InjectOptions> = {
    exchange: {
      method: 'POST',
      url: PATHS.exchangeToken,
      headers: await headersOf(popup),
      body: { code: 'code-1', state },
    },
    callback: {
      url: `${PATHS.serverSideCallback}?code=code-1&state=${redirectState}`,
      headers: await headersOf(page),
    },
    refresh: { method: 'POST', url: PATHS.refreshToken, headers: await headersOf(await signedIn()) },
    session: { method: 'POST', url: PATHS.session, headers: await headersOf(await signedIn()) },
    userInfo: { url: PATHS.sessionUserinfo, headers: await headersOf(await signedIn()) },
    userinfo: { url: PATHS.userinfo, headers: bearer },
    topup: { url: PATHS.topup, headers: bearer },
  };
  provider.requests = 0;
  provider.connections = 0;

  return {
    provider,
    /** Sends all requests at once to a second API, whose provider address or time-out may differ. */
    async ask({ url = provider.url, timeoutMs = 2000 }: { url?: string; timeoutMs?: number }) {
      moveClock(190); // The access tokens live for 200 seconds, so every session is due for a refresh.
      const { app, log } = await startApi({ env: { OAUTH_PROVIDER: url, ...serverSide }, timeoutMs });
      const answers = await Promise.all(
        Object.entries(requests).map(async ([route, request]) => [route, await app.inject(request)] as const),
      );
      return { answers: new Map(answers), log: log.join('') };
    },
  };
}

const ROUTES = ['exchange', 'callback', 'refresh', 'session', 'userInfo', 'userinfo', 'topup'] as const;
type Route = (typeof ROUTES)[number];
type Answers = Map<string, LightMyRequestResponse>;

/** The error code in the body, or in the redirect of the callback. */
function codeOf(route: string, response: LightMyRequestResponse): string {
  if (route !== 'callback') return errorOf(response).slice(4);
  expect(response.statusCode).toBe(302);
  return new URL(String(response.headers.location)).searchParams.get('error') ?? 'none';
}

/** The error codes of the seven routes, with Retry-After where present. */
function codesOf(answers: Answers): Set<string> {
  return new Set(
    [...answers].map(([route, response]) => {
      const wait = response.headers['retry-after'];
      return codeOf(route, response) + (route === 'callback' || wait === undefined ? '' : `, wait ${wait}`);
    }),
  );
}

/** The code of all routes. The redirect of the callback has no Retry-After. */
const onAllRoutes = (code: string) =>
  new Set(code === 'provider_unavailable' ? [code, `${code}, wait 5`] : [code]);

/** The routes that set a cookie. No fault ends a session. A transaction ends once the provider may have seen its code. */
function cookiesOf(answers: Answers): Record<string, string> {
  return Object.fromEntries(
    [...answers].flatMap(([route, { headers }]) => {
      const cookie = headers['set-cookie'];
      if (cookie === undefined) return [];
      return [
        [route, /^__Host-Http-tx_[\w-]+=; Max-Age=0;/.test(String(cookie)) ? 'transaction cleared' : 'other'],
      ];
    }),
  );
}
const TRANSACTIONS_CLEARED = { exchange: 'transaction cleared', callback: 'transaction cleared' };

function expectNoCanary(answers: Answers, log: string): void {
  const output = [...answers.values()].map(({ body, headers }) => body + JSON.stringify(headers)).join('');
  expect(output + log).not.toContain('canary');
}

describe('before a connection exists, nothing is sent and the transaction is kept', () => {
  test('a refused connection answers provider_unavailable and keeps the transaction', async () => {
    const { provider, ask } = await prepare();
    await provider.close();
    const { answers } = await ask({});
    expect(codesOf(answers)).toEqual(onAllRoutes('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
  });

  test('an unknown host answers provider_unavailable and keeps the transaction', async () => {
    const { ask } = await prepare();
    const { answers } = await ask({ url: 'https://nowhere.invalid' });
    expect(codesOf(answers)).toEqual(onAllRoutes('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
  });

  test('an untrusted certificate is tried twice and receives no request', async () => {
    const { ask } = await prepare();
    const impostor = await startFaultyProvider({ isTls: true });
    const { answers } = await ask({ url: impostor.url });
    expect(codesOf(answers)).toEqual(onAllRoutes('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
    expect(impostor.connections).toBe(2 * ROUTES.length);
    expect(impostor.requests).toBe(0);
  });

  test('silence during the TLS handshake answers provider_timeout and keeps the transaction', async () => {
    const { ask } = await prepare();
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const { answers } = await ask({ url: `https://127.0.0.1:${portOf(server)}`, timeoutMs: 300 });
    expect(codesOf(answers)).toEqual(onAllRoutes('provider_timeout'));
    expect(cookiesOf(answers)).toEqual({});
  });

  test('a server without TLS answers provider_unavailable and keeps the transaction', async () => {
    const { ask } = await prepare();
    const server = createServer((socket) => void socket.end(`HTTP/1.1 400 ${CANARY}\r\n\r\n`)).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { answers, log } = await ask({ url: `https://127.0.0.1:${portOf(server)}` });
    expect(codesOf(answers)).toEqual(onAllRoutes('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
    expectNoCanary(answers, log);
  });
});

const HEADERS = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-${CANARY}: ${CANARY}\r\n`;
const TOO_MUCH = Buffer.from(CANARY.repeat(5000));

/** Writes until the connection is closed. */
function writeOn(socket: Socket, piece: string): void {
  const write = () => {
    while (socket.writable && socket.write(piece));
  };
  socket.on('drain', write);
  write();
}

function drip(socket: Socket, start: string): void {
  socket.write(start);
  const dripping = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(dripping));
}

/** The connection ends before the answer has begun. A GET is then sent once more. */
const DROPS: [string, string, Fault][] = [
  ['a reset', 'provider_unavailable', (socket) => socket.resetAndDestroy()],
  ['a connection closed without an answer', 'provider_unavailable', (socket) => socket.end()],
  [
    'a reset in the middle of the headers',
    'provider_unavailable',
    (socket) => socket.write(HEADERS, () => socket.resetAndDestroy()),
  ],
  [
    'another protocol',
    'provider_unavailable',
    (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
];

const FAULTS: [string, string, Fault][] = [
  [
    'a reset after the headers',
    'provider_unavailable',
    (socket) => socket.write(`${HEADERS}content-length: 100\r\n\r\n`, () => socket.resetAndDestroy()),
  ],
  [
    'a body cut short',
    'provider_unavailable',
    (socket) => socket.end(`${HEADERS}content-length: 100\r\n\r\n{"access_token":"${CANARY}`),
  ],
  [
    'a chunk cut short',
    'provider_unavailable',
    (socket) => socket.end(`${HEADERS}transfer-encoding: chunked\r\n\r\nff\r\n${CANARY}`),
  ],
  ['silence', 'provider_timeout', () => {}],
  [
    'headers and then silence',
    'provider_timeout',
    (socket) => socket.write(`${HEADERS}content-length: 9\r\n\r\n`),
  ],
  ['a drip of headers', 'provider_timeout', (socket) => drip(socket, `${HEADERS}x-drip: `)],
  [
    'a drip of a body',
    'provider_timeout',
    (socket) => drip(socket, `${HEADERS}content-length: 60000\r\n\r\n`),
  ],
  [
    'endless headers',
    'provider_bad_response',
    (socket) => writeOn(socket, `${HEADERS}x-more: ${'x'.repeat(20_000)}`),
  ],
  [
    'an endless body',
    'provider_bad_response',
    (socket) => {
      socket.write(`${HEADERS}\r\n`);
      writeOn(socket, CANARY.repeat(100));
    },
  ],
  [
    'endless chunks',
    'provider_bad_response',
    (socket) => {
      socket.write(`${HEADERS}transfer-encoding: chunked\r\n\r\n`);
      writeOn(socket, `400\r\n${'x'.repeat(1024)}\r\n`);
    },
  ],
  ['110 KB', 'provider_bad_response', (socket) => socket.end(httpAnswer(TOO_MUCH))],
  [
    'a small gzip of 50 MB',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(GZIP_OF_50_MB, { 'content-encoding': 'gzip' })),
  ],
  [
    'gzip in gzip',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(gzipSync(gzipSync('{}')), { 'content-encoding': 'gzip, gzip' })),
  ],
  [
    'an unknown encoding',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer('{}', { 'content-encoding': CANARY })),
  ],
  [
    'invalid gzip',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(CANARY, { 'content-encoding': 'gzip' })),
  ],
  ['text that is not HTTP', 'provider_bad_response', (socket) => socket.end(`${CANARY}\r\n\r\n`)],
  [
    'two Content-Length headers',
    'provider_unavailable',
    (socket) => socket.end(`${HEADERS}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
  ],
  [
    'a body longer than its Content-Length',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer({ access_token: CANARY }, { 'content-length': '5' })),
  ],
  [
    'a redirect',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer('', { status: '307 Moved', location: 'http://127.0.0.1:1/canary' })),
  ],
  [
    'an HTML page',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(`<p>${CANARY}</p>`, { 'content-type': 'text/html' })),
  ],
  [
    '403 in HTML',
    'provider_unavailable',
    (socket) =>
      socket.end(httpAnswer(`<p>${CANARY}</p>`, { status: `403 ${CANARY}`, 'content-type': 'text/html' })),
  ],
  [
    '500',
    'provider_unavailable',
    (socket) => socket.end(httpAnswer({ error: CANARY }, { status: `500 ${CANARY}` })),
  ],
  [
    '503',
    'provider_unavailable',
    (socket) => socket.end(httpAnswer({ error: CANARY }, { status: '503 No' })),
  ],
  [
    '404',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer({ error: CANARY }, { status: '404 No' })),
  ],
  ['a JSON string', 'provider_bad_response', (socket) => socket.end(httpAnswer(JSON.stringify(CANARY)))],
];

/** @returns the number of requests that the provider received */
async function expectFault(code: string, fault: Fault): Promise<number> {
  const { provider, ask } = await prepare();
  provider.fault = fault;
  const { answers, log } = await ask(code === 'provider_timeout' ? { timeoutMs: 1000 } : {});
  expect(codesOf(answers)).toEqual(onAllRoutes(code));
  expect(cookiesOf(answers)).toEqual(TRANSACTIONS_CLEARED);
  expectNoCanary(answers, log);
  return provider.requests;
}

test.each(FAULTS)(
  'the fault %s answers %s on every route, after one request and without ending a session',
  async (_, code, fault) => {
    expect(await expectFault(code, fault)).toBe(ROUTES.length);
  },
);

test.each(DROPS)(
  'the fault %s answers %s on every route, after one POST or two GETs and without ending a session',
  async (_, code, fault) => {
    const gets: Route[] = ['userinfo', 'topup'];
    expect(await expectFault(code, fault)).toBe(ROUTES.length + gets.length);
  },
);

test('an endless body is read up to the limit only', async () => {
  const { provider, ask } = await prepare();
  let bytesWritten = 0;
  provider.fault = (socket) => {
    socket.on('close', () => (bytesWritten += socket.bytesWritten));
    socket.write(`${HEADERS}\r\n`);
    writeOn(socket, CANARY.repeat(100));
  };
  const { answers } = await ask({});
  expect(codesOf(answers)).toEqual(onAllRoutes('provider_bad_response'));
  await expect.poll(() => provider.sockets.size).toBe(0);
  // 64 KiB for each route, plus the buffers of the kernel.
  expect(bytesWritten).toBeLessThan(ROUTES.length * 8e6);
});

test('an answer in gzip after 103 Early Hints is accepted', async () => {
  const { provider, ask } = await prepare();
  const body = {
    access_token: 'a',
    token_type: 'Bearer',
    expires_in: 7200,
    id: 1,
    topup_url: 'https://provider.example/topup',
  };
  provider.fault = (socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n');
    socket.end(httpAnswer(gzipSync(JSON.stringify(body)), { 'content-encoding': 'gzip' }));
  };
  const { answers } = await ask({});
  for (const [route, { statusCode }] of answers) {
    // The host of the link is not allowed.
    expect(statusCode).toBe({ callback: 302, topup: 502 }[route] ?? 200);
  }
});
