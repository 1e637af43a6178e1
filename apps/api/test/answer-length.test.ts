import { request as sendRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { PATHS } from '@oneclick/shared/paths';
import { installedWebServers } from '@oneclick/stack/web-servers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { httpAnswer, startFaultyProvider } from './doubles/faulty-provider.ts';
import { useNginx } from './doubles/nginx.ts';
import {
  createBrowser,
  errorOf,
  SESSION_COOKIE,
  SESSION_HINT,
  tokensOf,
  type ApiResponse,
} from './support/browser.ts';
import type { InstanceRequest } from './support/instance.ts';
import { portOf } from './support/port-of.ts';
import { startApi, WEB_ORIGIN } from './support/test-api.ts';

/*
 * The length of everything that a proxy has to read into a buffer: status line and header of an answer, and the Cookie
 * header that a browser sends back. Measured on a real connection, because Node.js and Fastify add fields in the end.
 */

/** A stock nginx has 4 KiB for the header of an answer, and 8 KB for a field of a request. */
const MAX_ANSWER_HEADER = 4000;
const MAX_COOKIE_HEADER = 7000;

const TOPOLOGIES = [
  ['one origin', {}],
  ['one site', { API_ORIGIN: 'https://api.example.com' }],
  ['two sites', { API_ORIGIN: 'https://api.example.net' }],
  ['loopback', { WEB_ORIGIN: 'http://localhost:5173', API_ORIGIN: 'http://localhost:3000' }],
  [
    'one site with long names',
    {
      WEB_ORIGIN: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`,
      API_ORIGIN: `https://${'c'.repeat(60)}.example.com`,
    },
  ],
] as const;

/** nginx with its default settings and nothing but `proxy_pass`. */
const useStockNginx = (upstreamPort: number) =>
  useNginx(
    ({ port }) =>
      `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${upstreamPort}; } }`,
  );

/** The API behind HTTP, with a provider that issues tokens of the given lengths. */
async function start(env: Record<string, string>, { isBehindNginx = false } = {}) {
  const provider = await startFaultyProvider();
  const { app } = await startApi({ env: { OAUTH_PROVIDER: provider.url, ...env } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const port = isBehindNginx ? await useStockNginx(portOf(app.server)) : portOf(app.server);
  const lengths = { answers: [] as number[], cookies: [] as number[] };

  async function inject({ method, url, headers, body }: InstanceRequest): Promise<ApiResponse> {
    const given = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)] as const);
    const cookie = given.find(([name]) => name === 'cookie')?.[1];
    if (cookie !== undefined) lengths.cookies.push(`cookie: ${cookie}\r\n`.length);
    const outgoing = sendRequest({
      port,
      path: url,
      method: method ?? 'GET',
      headers: {
        ...Object.fromEntries(given),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
    });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).once('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
    const fields = answer.rawHeaders.map((part, i) => part + (i % 2 === 0 ? ': ' : '\r\n'));
    const statusLine = `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n`;
    lengths.answers.push(Buffer.byteLength(`${statusLine}${fields.join('')}\r\n`));
    const received = await text(answer);
    return {
      statusCode: answer.statusCode ?? 0,
      headers: answer.headers,
      body: received,
      json: () => JSON.parse(received),
    };
  }

  const webOrigin = env['WEB_ORIGIN'] ?? WEB_ORIGIN;
  return {
    inject,
    newBrowser: () =>
      createBrowser({ app: { inject }, webOrigin, apiOrigin: env['API_ORIGIN'] ?? webOrigin }),
    issue(accessLength: number, refreshLength: number | undefined) {
      let issued = 0;
      provider.fault = (socket) => {
        issued += 1;
        const tokens = {
          access_token: String(issued).padEnd(accessLength, 'a'),
          token_type: 'Bearer',
          expires_in: 7200,
          ...(refreshLength && { refresh_token: String(issued).padEnd(refreshLength, 'r') }),
        };
        socket.end(httpAnswer(tokens));
      };
    },
    /** The headers that a proxy would refuse, with their lengths. */
    tooLong: () => [
      ...lengths.answers.filter((length) => length > MAX_ANSWER_HEADER),
      ...lengths.cookies.filter((length) => length > MAX_COOKIE_HEADER),
    ],
  };
}

describe.each(TOPOLOGIES)('on %s', (_, env) => {
  test('no answer and no Cookie header of a sign-in is too long, whatever the length of the tokens', async () => {
    const { newBrowser, issue, tooLong } = await start(env);
    async function visit(accessLength: number, refreshLength: number | undefined) {
      issue(accessLength, refreshLength);
      const browser = newBrowser();
      // Five pending transactions, and the browser has signed out before.
      await browser.post(PATHS.logout);
      for (let i = 0; i < 4; i += 1) await browser.start();
      const { state } = await browser.start();
      const { access_token } = tokensOf(await browser.post(PATHS.exchangeToken, { code: 'code-1', state }));
      expect(access_token).toHaveLength(accessLength);
      if (refreshLength) {
        tokensOf(await browser.post(PATHS.refreshToken));
        tokensOf(await browser.post(PATHS.session));
      }
      for (let i = 0; i < 3; i += 1) await browser.start();
      expect((await browser.post(PATHS.logout)).statusCode).toBe(204);
    }
    await visit(1300, 1200);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4096 }),
        fc.option(fc.integer({ min: 1, max: 1200 }), { nil: undefined }),
        visit,
      ),
      {
        numRuns: 8,
        examples: [
          [4096, 1200],
          [4096, undefined],
          [1024, 1024],
        ],
      },
    );
    expect(tooLong()).toEqual([]);
  });
});

const SERVER_SIDE = { OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}${PATHS.serverSideCallback}` };
const LONG_PATH = `/${'p'.repeat(511)}`;

test('five server-side transactions with long return paths and a long session fit into one Cookie header', async () => {
  const { newBrowser, issue, tooLong } = await start(SERVER_SIDE);
  issue(1300, 1200);
  const browser = newBrowser();
  for (let round = 0; round < 2; round += 1) {
    let location = '';
    for (let i = 0; i < 6; i += 1) {
      const { headers } = await browser.navigate(`${PATHS.serverSideStart}?return_to=${LONG_PATH}`);
      location = String(headers['location']);
    }
    const state = new URL(location).searchParams.get('state');
    const callback = await browser.navigate(
      `${PATHS.serverSideCallback}?code=c&state=${state}`,
      'cross-site',
    );
    expect(callback.headers['location']).toBe(`${WEB_ORIGIN}${LONG_PATH}?login=success`);
  }
  tokensOf(await browser.post(PATHS.session));
  expect(tooLong()).toEqual([]);
});

test('the transactions of both flows together keep within the Cookie header', async () => {
  const { newBrowser, issue, tooLong } = await start(SERVER_SIDE);
  issue(1024, 1024);
  const browser = newBrowser();
  for (let i = 0; i < 8; i += 1) {
    if (i % 2 === 0) await browser.start();
    else await browser.navigate(`${PATHS.serverSideStart}?return_to=${LONG_PATH}`);
  }
  const { state } = await browser.start();
  tokensOf(await browser.post(PATHS.exchangeToken, { code: 'code-1', state }));
  for (let i = 0; i < 8; i += 1) await browser.navigate(`${PATHS.serverSideStart}?return_to=${LONG_PATH}`);
  expect(tooLong()).toEqual([]);
});

test.skipIf(!installedWebServers.nginx)(
  'behind nginx with nothing but proxy_pass, users with long tokens sign in by both flows, refresh and sign out',
  async () => {
    const { newBrowser, issue } = await start(SERVER_SIDE, { isBehindNginx: true });
    for (const [accessLength, refreshLength] of [
      [1300, 1200],
      [1024, 1024],
      [4096, 1300],
    ] as const) {
      issue(accessLength, refreshLength);
      const browser = newBrowser();
      await browser.post(PATHS.logout);
      for (let i = 0; i < 6; i += 1)
        await browser.navigate(`${PATHS.serverSideStart}?return_to=${LONG_PATH}`);
      const { state } = await browser.start();
      tokensOf(await browser.post(PATHS.exchangeToken, { code: 'code-1', state }));
      for (let i = 0; i < 3; i += 1) tokensOf(await browser.post(PATHS.refreshToken));
      for (let i = 0; i < 6; i += 1)
        await browser.navigate(`${PATHS.serverSideStart}?return_to=${LONG_PATH}`);
      tokensOf(await browser.post(PATHS.session));
      const { headers } = await browser.navigate(`${PATHS.serverSideStart}?return_to=${LONG_PATH}`);
      const pending = new URL(String(headers['location'])).searchParams.get('state');
      const callback = `${PATHS.serverSideCallback}?code=c&state=${pending}`;
      expect((await browser.navigate(callback, 'cross-site')).headers['location']).toMatch(/login=success$/);
      tokensOf(await browser.post(PATHS.session));
      expect((await browser.post(PATHS.logout)).statusCode).toBe(204);
    }
  },
);

const nameOf = (cookie: string) => cookie.split('=')[0] ?? '';

const clearedBy = (response: ApiResponse) =>
  [response.headers['set-cookie'] ?? []]
    .flat()
    .filter((line) => line.includes('Max-Age=0'))
    .map(nameOf);

describe('with a hundred transaction cookies', () => {
  const old = Array.from({ length: 100 }, (_, i) => `__Host-Http-tx_${String(i).padStart(16, '0')}=old`);
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1' };

  test.each([PATHS.start, PATHS.logout])(
    '%s clears as many as one answer can hold, and the next one clears the rest',
    async (url) => {
      const { inject, tooLong } = await start({});
      let cookies = old;
      let requests = 0;
      while (cookies.length > 4) {
        const response = await inject({
          method: 'POST',
          url,
          headers: { ...headers, cookie: cookies.join('; ') },
        });
        expect(response.statusCode).toBeLessThan(300);
        const cleared = clearedBy(response);
        expect(cleared.length).toBeGreaterThan(Math.min(20, cookies.length - 5));
        cookies = cookies.filter((cookie) => !cleared.includes(nameOf(cookie)));
        requests += 1;
      }
      expect(requests).toBeLessThanOrEqual(5);
      expect(tooLong()).toEqual([]);
    },
  );

  test('the newest transactions are kept and can be finished', async () => {
    const { inject, newBrowser, issue, tooLong } = await start({});
    issue(20, 20);
    const browser = newBrowser();
    const pending = await browser.start();
    for (let i = 0; i < 2; i += 1) await browser.start();
    // RFC 6265 §5.4: a browser sends the cookies that it has had for longer first.
    const cookie = [
      ...old,
      await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' }),
    ].join('; ');
    const again = await inject({ method: 'POST', url: PATHS.start, headers: { ...headers, cookie } });
    const own = cookie.split('; ').slice(-3).map(nameOf);
    expect(clearedBy(again).filter((name) => own.includes(name))).toEqual([]);
    const body = { code: 'code-1', state: pending.state };
    const finished = await inject({
      method: 'POST',
      url: PATHS.exchangeToken,
      headers: { ...headers, cookie },
      body,
    });
    tokensOf(finished);
    expect(tooLong()).toEqual([]);
  });
});

test('a refresh token that does not fit into an answer is refused, and the transaction ends', async () => {
  const { newBrowser, issue, tooLong } = await start({});
  issue(20, 2600);
  const browser = newBrowser();
  const { state } = await browser.start();
  const response = await browser.post(PATHS.exchangeToken, { code: 'code-1', state });
  expect(errorOf(response)).toBe('502 provider_bad_response');
  expect(await browser.cookieNames()).toEqual([]);
  expect(tooLong()).toEqual([]);
});

test('without a refresh token, a long access token signs in until the page is left', async () => {
  const { newBrowser, issue } = await start({});
  issue(4000, undefined);
  const browser = newBrowser();
  const { state } = await browser.start();
  tokensOf(await browser.post(PATHS.exchangeToken, { code: 'code-1', state }));
  expect(await browser.cookieNames()).toEqual([SESSION_COOKIE, SESSION_HINT]);
  expect(errorOf(await browser.post(PATHS.session))).toBe('401 session_expired');
  expect(await browser.cookieNames()).toEqual([]);
});
