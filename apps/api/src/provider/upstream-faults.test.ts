import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { PATHS } from '@oneclick/shared/paths';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { errorOf } from '../../test/support/browser.ts';
import { httpAnswer, startFaultyProvider, type Fault } from '../../test/doubles/faulty-provider.ts';
import { portOf } from '../../test/support/port-of.ts';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';

/*
 * Everything that can break on the way to the provider and back, over real connections, seen through every route that
 * asks the provider: what the caller is told, what happens to the cookies, and how often the wire saw the request.
 */

/** Made once: it takes longer than the answer may. */
const LITTLE_GZIP = gzipSync(Buffer.alloc(5e7));

const CANARY = 'canary-of-the-provider';

/** The requests that make the API ask, each of a browser of its own, prepared while all was well. */
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
    /** Sends them all at once to an API whose provider is somewhere else or that has less patience. */
    async ask({ url = provider.url, timeoutMs = 2000 }: { url?: string; timeoutMs?: number }) {
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

/** The code, from the body or from where the page is sent. */
function codeOf(route: string, response: LightMyRequestResponse): string {
  if (route !== 'callback') return errorOf(response).slice(4);
  expect(response.statusCode).toBe(302);
  return new URL(String(response.headers.location)).searchParams.get('error') ?? 'none';
}

/** What the seven routes say, with the time to wait where they name one. */
function codesOf(answers: Answers): Set<string> {
  return new Set(
    [...answers].map(([route, response]) => {
      const wait = response.headers['retry-after'];
      return codeOf(route, response) + (route === 'callback' || wait === undefined ? '' : `, wait ${wait}`);
    }),
  );
}

/** The callback sends the page on, which has no time to wait. */
const saidEverywhere = (code: string) =>
  new Set(code === 'provider_unavailable' ? [code, `${code}, wait 5`] : [code]);

/** Which routes set which cookie. A session lives on whatever breaks; an attempt is over once its code may be known. */
function cookiesOf(answers: Answers): Record<string, string> {
  return Object.fromEntries(
    [...answers].flatMap(([route, { headers }]) => {
      const cookie = headers['set-cookie'];
      if (cookie === undefined) return [];
      return [[route, /^__Host-Http-tx_[\w-]+=; Max-Age=0;/.test(String(cookie)) ? 'attempt over' : 'other']];
    }),
  );
}
const ATTEMPTS_OVER = { exchange: 'attempt over', callback: 'attempt over' };

function expectSilence(answers: Answers, log: string): void {
  const told = [...answers.values()].map(({ body, headers }) => body + JSON.stringify(headers)).join('');
  expect(told + log).not.toContain('canary');
}

describe('before there is a connection, nothing was sent and the attempt stays open', () => {
  test('refused', async () => {
    const { provider, ask } = await prepare();
    await provider.close();
    const { answers } = await ask({});
    expect(codesOf(answers)).toEqual(saidEverywhere('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
  });

  test('an unknown host', async () => {
    const { ask } = await prepare();
    const { answers } = await ask({ url: 'https://nowhere.invalid' });
    expect(codesOf(answers)).toEqual(saidEverywhere('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
  });

  test('a certificate that nobody has vouched for: asked twice, told nothing', async () => {
    const { ask } = await prepare();
    const impostor = await startFaultyProvider({ isTls: true });
    const { answers } = await ask({ url: impostor.url });
    expect(codesOf(answers)).toEqual(saidEverywhere('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
    expect(impostor.connections).toBe(2 * ROUTES.length);
    expect(impostor.requests).toBe(0);
  });

  test('no TLS where there should be', async () => {
    const { ask } = await prepare();
    const server = createServer((socket) => void socket.end(`HTTP/1.1 400 ${CANARY}\r\n\r\n`)).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { answers, log } = await ask({ url: `https://127.0.0.1:${portOf(server)}` });
    expect(codesOf(answers)).toEqual(saidEverywhere('provider_unavailable'));
    expect(cookiesOf(answers)).toEqual({});
    expectSilence(answers, log);
  });
});

const HEADERS = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-${CANARY}: ${CANARY}\r\n`;
const TOO_MUCH = Buffer.from(CANARY.repeat(5000));

/** Writes for as long as somebody reads. */
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

const FAULTS: [string, string, Fault][] = [
  ['a reset', 'provider_unavailable', (socket) => socket.resetAndDestroy()],
  ['a connection closed without a word', 'provider_unavailable', (socket) => socket.end()],
  [
    'a reset in the middle of the headers',
    'provider_unavailable',
    (socket) => socket.write(HEADERS, () => socket.resetAndDestroy()),
  ],
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
    'headers without end',
    'provider_bad_response',
    (socket) => writeOn(socket, `${HEADERS}x-more: ${'x'.repeat(20_000)}`),
  ],
  [
    'a body without end',
    'provider_bad_response',
    (socket) => {
      socket.write(`${HEADERS}\r\n`);
      writeOn(socket, CANARY.repeat(100));
    },
  ],
  [
    'chunks without end',
    'provider_bad_response',
    (socket) => {
      socket.write(`${HEADERS}transfer-encoding: chunked\r\n\r\n`);
      writeOn(socket, `400\r\n${'x'.repeat(1024)}\r\n`);
    },
  ],
  ['110 KB', 'provider_bad_response', (socket) => socket.end(httpAnswer(TOO_MUCH))],
  [
    'little gzip that holds 50 MB',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(LITTLE_GZIP, { 'content-encoding': 'gzip' })),
  ],
  [
    'gzip in gzip',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(gzipSync(gzipSync('{}')), { 'content-encoding': 'gzip, gzip' })),
  ],
  [
    'an encoding nobody knows',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer('{}', { 'content-encoding': CANARY })),
  ],
  [
    'gzip that is none',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(CANARY, { 'content-encoding': 'gzip' })),
  ],
  ['no HTTP', 'provider_bad_response', (socket) => socket.end(`${CANARY}\r\n\r\n`)],
  [
    'two lengths',
    'provider_unavailable',
    (socket) => socket.end(`${HEADERS}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
  ],
  [
    'a body longer than it says',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer({ access_token: CANARY }, { 'content-length': '5' })),
  ],
  [
    'another protocol',
    'provider_unavailable',
    (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
  [
    'a redirect',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer('', { status: '307 Moved', location: 'http://127.0.0.1:1/canary' })),
  ],
  [
    'a page',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(`<p>${CANARY}</p>`, { 'content-type': 'text/html' })),
  ],
  [
    'a firewall',
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
  [
    'a text where an object should be',
    'provider_bad_response',
    (socket) => socket.end(httpAnswer(JSON.stringify(CANARY))),
  ],
];

test.each(FAULTS)('%s is %s, asked once, and no session is lost', async (_, code, fault) => {
  const { provider, ask } = await prepare();
  provider.fault = fault;
  const { answers, log } = await ask(code === 'provider_timeout' ? { timeoutMs: 300 } : {});
  expect(codesOf(answers)).toEqual(saidEverywhere(code));
  expect(cookiesOf(answers)).toEqual(ATTEMPTS_OVER);
  expectSilence(answers, log);
  expect(provider.requests).toBe(ROUTES.length);
});

test('what has no end is not read to it', async () => {
  const { provider, ask } = await prepare();
  let bytesWritten = 0;
  provider.fault = (socket) => {
    socket.on('close', () => (bytesWritten += socket.bytesWritten));
    socket.write(`${HEADERS}\r\n`);
    writeOn(socket, CANARY.repeat(100));
  };
  const { answers } = await ask({});
  expect(codesOf(answers)).toEqual(saidEverywhere('provider_bad_response'));
  await expect.poll(() => provider.sockets.size).toBe(0);
  // 64 KiB for each, and what the kernel keeps on the way.
  expect(bytesWritten).toBeLessThan(ROUTES.length * 8e6);
});

test('the answer after hints is the answer, and one in gzip is read', async () => {
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
    // The link leads to another host than the provider's.
    expect(statusCode).toBe({ callback: 302, topup: 502 }[route] ?? 200);
  }
});
