import { connect } from 'node:net';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import { createBrowser, type Browser } from './support/browser.ts';
import { moveClock } from './support/clock.ts';
import { portOf } from './support/port-of.ts';
import { signIn } from './support/sign-in.ts';
import { startApi, WEB_ORIGIN } from './support/test-api.ts';
import { json, PROVIDER, useProvider } from './doubles/test-provider.ts';

/*
 * No secret may appear in the log, in the metrics or in an error. Texts that a request or the provider can choose
 * contain the word canary. Secrets that the API and the provider generate are collected from the traffic.
 */

const provider = useProvider();

const REVOKE = `${PROVIDER}/revoke`;
const ENV = {
  LOG_LEVEL: 'trace',
  OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}/oauth/callback`,
  OAUTH_REVOCATION_ENDPOINT: REVOKE,
  TRUST_PROXY: '127.0.0.1',
};

/** The first and the last 20 characters of each secret in the requests to the provider and in the answers. */
function secretsOf(answers: readonly LightMyRequestResponse[]): string[] {
  const sent = provider.tokenRequests.flatMap((form) =>
    ['code', 'code_verifier', 'refresh_token', 'client_secret'].map((name) => form.get(name)),
  );
  const received = answers.flatMap(({ body, headers, cookies }) => [
    /"access_token":"([^"]+)"/.exec(body)?.[1],
    /"identity_token":"([^"]+)"/.exec(body)?.[1],
    /"state":"([^"]+)"/.exec(body)?.[1],
    new URL(headers.location ?? WEB_ORIGIN).searchParams.get('state'),
    ...cookies.map(({ value }) => value),
  ]);
  const secrets = [...sent, ...received].filter((secret) => typeof secret === 'string' && secret.length > 1);
  return secrets.flatMap((secret) => [secret?.slice(0, 20) ?? '', secret?.slice(-20) ?? '']);
}

interface Parts {
  browser: Browser;
  app: FastifyInstance;
}

const TOKEN_FAULTS: [string, () => Response][] = [
  ['invalid_grant', () => json({ error: 'invalid_grant', error_description: 'canary' }, 400)],
  ['an unknown error', () => json({ error: 'canary', error_uri: 'https://canary.example' }, 400)],
  ['invalid_client', () => json({ error: 'invalid_client' }, 401, { 'www-authenticate': 'canary="x"' })],
  ['500', () => json({ message: 'canary' }, 500, { 'x-canary': 'canary' })],
  ['429', () => json({}, 429, { 'retry-after': 'canary' })],
  ['403 in HTML', () => HttpResponse.html('<h1>canary</h1>', { status: 403 })],
  ['a redirect', () => HttpResponse.redirect('https://canary.example/?canary', 307)],
  ['HTML', () => HttpResponse.html('canary')],
  ['incomplete JSON', () => HttpResponse.text('{"access_token":"canary')],
  ['the wrong types', () => json({ access_token: ['canary'], token_type: 'canary' })],
  ['too many bytes', () => json({ access_token: 'canary'.repeat(20_000) })],
  ['a broken connection', () => HttpResponse.error()],
  ['an unknown scope', () => json({ ...GOOD, scope: 'canary' })],
  ['200 and an error', () => json({ ...GOOD, error: 'canary' })],
];
const GOOD = {
  access_token: 'canary-at',
  token_type: 'Bearer',
  expires_in: 7200,
  refresh_token: 'canary-rt',
};

const SCENARIOS: [string, (parts: Parts) => Promise<unknown>][] = [
  [
    'a whole visit',
    async ({ browser }) => {
      const { access_token } = await signIn(browser, provider);
      await browser.get(PATHS.userinfo, access_token);
      await browser.get(PATHS.topup, access_token);
      await browser.post(PATHS.session);
      await browser.post(PATHS.identityToken);
      await browser.post(PATHS.refreshToken);
      await browser.post(PATHS.logout);
    },
  ],
  [
    'a whole visit by the server-side flow',
    async ({ browser }) => {
      await signInServerSide(browser);
      await browser.send({ url: PATHS.sessionUserinfo, headers: SCRIPT });
      moveClock(7000);
      await browser.send({ url: PATHS.sessionUserinfo, headers: SCRIPT });
      await browser.post(PATHS.logout);
    },
  ],
  [
    'a revocation that fails',
    async ({ browser }) => {
      provider.server.use(http.post(REVOKE, () => json({ error: 'canary' }, 400)));
      await signIn(browser, provider);
      await browser.post(PATHS.logout);
      provider.server.use(http.post(REVOKE, () => HttpResponse.error()));
      await signIn(browser, provider);
      await browser.post(PATHS.logout);
    },
  ],
  [
    'sign-ins that fail',
    async ({ browser }) => {
      const { authorizationUrl, state } = await browser.start();
      const code = provider.authorize(authorizationUrl);
      await browser.post(PATHS.exchangeToken, { error: 'canary', state });
      await browser.post(PATHS.exchangeToken, { code, state });
      const again = await browser.start();
      await browser.post(PATHS.exchangeToken, { error: 'access_denied', state: again.state });
      const late = await browser.start();
      const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
      moveClock(660);
      await browser.post(PATHS.exchangeToken, { code, state: late.state }, { cookie });
      const query = `code=${code}&state=${late.state}&error_description=canary`;
      await browser.send({ url: `${PATHS.serverSideCallback}?${query}`, headers: { cookie } });
      await browser.navigate(`${PATHS.serverSideCallback}?error=canary&state=${late.state}`, 'cross-site');
    },
  ],
  ...TOKEN_FAULTS.map(([name, answer]): (typeof SCENARIOS)[number] => [
    `the token endpoint answers with ${name}`,
    async ({ browser }) => {
      const { authorizationUrl, state } = await browser.start();
      provider.tokenAnswers.push(answer);
      await browser.post(PATHS.exchangeToken, { code: provider.authorize(authorizationUrl), state });
      await signIn(browser, provider);
      provider.tokenAnswers.push(answer);
      await browser.post(PATHS.refreshToken);
      provider.tokenAnswers.push(answer);
      await signInServerSide(browser);
    },
  ]),
  [
    'userinfo and topup fail',
    async ({ browser }) => {
      const answers = [
        () => json({ error: 'canary' }, 401),
        () => json({ error: 'canary' }, 403),
        () => json({ error: 'canary' }, 404),
        () => json({}, 429, { 'retry-after': 'canary' }),
        () => HttpResponse.html('canary', { status: 503 }),
        () => HttpResponse.text('canary'),
        () => json({ id: 'canary', username: 'canary', topup_url: 'javascript:canary' }),
        () => json({ topup_url: 'https://canary.example' }),
        () => HttpResponse.redirect('https://canary.example'),
      ];
      for (const answer of answers) {
        provider.resourceAnswer = answer;
        await browser.get(PATHS.userinfo, 'canary-token');
        await browser.get(PATHS.topup, 'canary-token');
      }
    },
  ],
  [
    'the provider does not answer',
    async ({ browser }) => {
      await signIn(browser, provider);
      provider.tokenAnswers.push(() => new Promise<Response>(() => undefined));
      await browser.post(PATHS.refreshToken);
    },
  ],
  [
    'hostile requests',
    async ({ browser }) => {
      const evil = {
        origin: 'https://canary.example',
        referer: 'https://canary.example/canary',
        'user-agent': 'canary\t{"level":60,"msg":"canary"}',
        'x-forwarded-for': 'canary, canary',
        'x-request-id': 'canary',
        forwarded: 'for=canary',
        authorization: 'Basic canary',
        cookie: '__Host-Http-session=canary; __Host-Http-tx_canarycanarycan=canary; canary=canary',
      };
      for (const url of Object.values(PATHS)) {
        await browser.send({ url: `${url}?canary=canary&access_token=canary`, headers: evil });
        await browser.send({ method: 'POST', url, headers: { ...evil, origin: WEB_ORIGIN, 'x-csrf': '1' } });
        await browser.post(url, { canary: 'canary', code: 'canary', state: 'canary' });
      }
      await browser.get(PATHS.userinfo, 'canary canary');
      await browser.send({ url: '/canary/%63anary?code=canary', headers: evil });
      await browser.send({ url: '/%zzcanary' });
      const headers = { origin: WEB_ORIGIN, 'x-csrf': '1' };
      for (const [type, payload] of [
        ['application/json', '{"canary":'],
        ['application/json', `{"__proto__":{"canary":1}}`],
        ['text/canary', 'canary'],
        ['application/json', 'canary'.repeat(2000)],
      ]) {
        const request = { headers: { ...headers, 'content-type': String(type) }, payload: String(payload) };
        await browser.send({ method: 'POST', url: PATHS.exchangeToken, ...request });
      }
    },
  ],
  [
    'text that is not HTTP',
    async ({ app }) => {
      await app.listen({ port: 0, host: '127.0.0.1' });
      for (const text of [
        'canary\r\n\r\n',
        `GET /?canary HTTP/1.1\r\nHost: x\r\nCanary: ${'canary'.repeat(4000)}\r\n\r\n`,
        'GET /?canary HTTP/1.1\r\nHost: x\r\nX: canary\nCanary: x\r\n\r\n',
      ]) {
        const socket = connect(portOf(app.server), '127.0.0.1');
        socket.write(text);
        let answer = '';
        for await (const chunk of socket) answer += String(chunk);
        expect(answer).toContain('invalid_request');
        expect(answer).not.toMatch(/canary/i);
      }
    },
  ],
  [
    'an unreachable Redis with a password',
    async () => {
      const { browser, log } = await startApi({
        env: { ...ENV, REDIS_URL: 'redis://canary:canary-redis@127.0.0.1:1/0' },
      });
      await signIn(browser, provider);
      await browser.post(PATHS.refreshToken);
      await browser.post(PATHS.logout);
      expect(log.join('')).toContain('redis_unreachable');
      expect(log.join('')).not.toMatch(/canary/);
    },
  ],
];

test.each(SCENARIOS)(
  'neither log, metrics nor errors contain a secret or a foreign text: %s',
  async (_, run) => {
    const { app, log } = await startApi({ env: ENV, timeoutMs: 200 });
    const answers: LightMyRequestResponse[] = [];
    const browser = createBrowser({
      app: {
        async inject(request) {
          const answer = await app.inject(request);
          answers.push(answer);
          return answer;
        },
      },
      webOrigin: WEB_ORIGIN,
      apiOrigin: WEB_ORIGIN,
    });
    provider.server.use(http.post(REVOKE, () => new HttpResponse(null, { status: 200 })));
    await run({ browser, app });

    // An operator needs the refused origin. It is logged without its path.
    const text = log.join('').replaceAll('"origin":"https://canary.example"', '');
    expect(text).not.toMatch(/canary/i);
    expect(secretsOf(answers).filter((secret) => text.includes(secret))).toEqual([]);
    for (const line of log) {
      expect(line.trimEnd()).not.toContain('\n');
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
    }

    const refusals = answers.filter(({ statusCode }) => statusCode >= 400);
    for (const { body } of refusals) expect(body).not.toMatch(/canary|FST_|ERR_|\.ts:|node_modules/i);
    const locations = answers.flatMap(({ headers }) => String(headers.location ?? []));
    for (const location of locations) expect(location.replace(`${PROVIDER}/`, '')).not.toMatch(/canary/i);

    const metrics = (await app.inject({ url: PATHS.metrics })).body;
    expect(metrics).not.toMatch(/canary/i);
    expect(secretsOf(answers).filter((secret) => metrics.includes(secret))).toEqual([]);
  },
);

const SCRIPT = { 'x-csrf': '1', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };

async function signInServerSide(browser: Browser): Promise<void> {
  const started = await browser.navigate(`${PATHS.serverSideStart}?return_to=/welcome`);
  const url = new URL(String(started.headers.location));
  const query = `code=${provider.authorize(url.href)}&state=${url.searchParams.get('state')}`;
  await browser.navigate(`${PATHS.serverSideCallback}?${query}`, 'cross-site');
}
