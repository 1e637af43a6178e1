import { PATHS } from '@oneclick/shared/paths';
import { describe, expect, test } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { moveClock, stopClock } from '../../test/support/clock.ts';
import { ask, LIMIT, statuses } from '../../test/support/rate-limited-client.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

const PROXIED = { ...LIMIT, TRUST_PROXY: '10.0.0.0/8, ::1' };

test('a request above the limit gets 429 with Retry-After, and succeeds after that time', async () => {
  stopClock();
  const { app, events, log } = await startApi({ env: LIMIT });
  expect(await statuses(app, [{}, {}, {}])).toEqual([200, 200, 200]);
  moveClock(20);
  const refused = await ask(app, PATHS.start);
  expect(errorOf(refused)).toBe('429 rate_limited');
  expect(refused.json()).toMatchObject({ retryable: true });
  expect(refused.headers['retry-after']).toBe('40');
  expect(refused.headers['set-cookie']).toBeUndefined();
  expect(Object.keys(refused.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  expect(events().at(-1)).toBe('rate_limited');
  expect(log.join()).not.toContain('192.0.2.1');
  moveClock(41);
  expect(await statuses(app, [{}])).toEqual([200]);
});

test('the routes of one group share a count, and each group has its own', async () => {
  const { app } = await startApi({ env: LIMIT });
  const bodies = [PATHS.start, PATHS.exchangeToken, PATHS.start, PATHS.exchangeToken];
  const answers = [];
  for (const url of bodies) answers.push((await ask(app, url)).statusCode);
  expect(answers).toEqual([200, 400, 200, 429]);

  for (const url of [PATHS.session, PATHS.refreshToken, PATHS.logout]) {
    expect((await ask(app, url)).statusCode).not.toBe(429);
  }
  expect((await ask(app, PATHS.session)).statusCode).toBe(429);
  for (const url of [PATHS.userinfo, PATHS.topup, PATHS.userinfo]) {
    expect((await ask(app, url, { method: 'GET' })).statusCode).toBe(401);
  }
  expect((await ask(app, PATHS.userinfo, { method: 'GET' })).statusCode).toBe(429);
});

test('refused requests are counted, preflights are not', async () => {
  const { app } = await startApi({ env: { ...LIMIT, API_ORIGIN: 'https://api.example.com' } });
  for (let i = 0; i < 9; i += 1) {
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf' };
    expect((await ask(app, PATHS.start, { method: 'OPTIONS', headers: preflight })).statusCode).toBe(204);
  }
  const evil = { headers: { origin: 'https://evil.example' } };
  expect(await statuses(app, [evil, evil, evil, evil])).toEqual([403, 403, 403, 429]);
  const refused = await ask(app, PATHS.start);
  expect(errorOf(refused)).toBe('429 rate_limited');
  expect(refused.headers['access-control-allow-origin']).toBe(WEB_ORIGIN); // Otherwise the web app could not read the error.
});

test('requests without a route share a count and write one line each', async () => {
  const { app, log } = await startApi({ env: LIMIT });
  const answers = [];
  for (const [method, url] of [
    ['GET', '/nowhere'],
    ['POST', '/.env'],
    ['POST', PATHS.userinfo], // Another method has a route.
    ['GET', '/%zz'],
  ] as const) {
    answers.push(errorOf(await ask(app, url, { method })));
  }
  expect(answers).toEqual(['404 not_found', '404 not_found', '405 method_not_allowed', '429 rate_limited']);
  const lines: unknown[] = log.map((line) => JSON.parse(line));
  expect(lines).toEqual(
    ['not_found', 'not_found', 'method_not_allowed', 'rate_limited'].map((code) =>
      expect.objectContaining({ code, req: expect.objectContaining({ route: 'none' }) }),
    ),
  );
  expect(await statuses(app, [{}])).toEqual([200]);
});

test('preflights of other origins are limited', async () => {
  const { app } = await startApi({ env: { ...LIMIT, API_ORIGIN: 'https://api.example.com' } });
  const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  const answers = [];
  for (let i = 0; i < 4; i += 1) {
    answers.push((await ask(app, PATHS.start, { method: 'OPTIONS', headers: preflight })).statusCode);
  }
  expect(answers).toEqual([405, 405, 405, 429]);
});

const through = (forwardedFor: string) => ({ remoteAddress: '10.1.2.3', forwardedFor });

describe('the client address', () => {
  test('each client address has its own count', async () => {
    const { app } = await startApi({ env: LIMIT });
    const clients = [{}, {}, {}, {}, { remoteAddress: '192.0.2.2' }];
    expect(await statuses(app, clients)).toEqual([200, 200, 200, 429, 200]);
  });

  test('IPv6 addresses of one /64 share a count', async () => {
    const { app } = await startApi({ env: LIMIT });
    const addresses = [
      '2001:db8::1',
      '2001:db8::2',
      '2001:db8:0:0:ffff::3',
      '2001:db8::4',
      '2001:db8:0:1::1',
    ];
    expect(
      await statuses(
        app,
        addresses.map((remoteAddress) => ({ remoteAddress })),
      ),
    ).toEqual([200, 200, 200, 429, 200]);
  });

  test('an IPv4 address and its IPv4-mapped IPv6 form share a count', async () => {
    const { app } = await startApi({ env: LIMIT });
    const mapped = { remoteAddress: '::ffff:192.0.2.1' };
    expect(await statuses(app, [{}, mapped, {}, mapped])).toEqual([200, 200, 200, 429]);
  });

  test('X-Forwarded-For from an untrusted address is ignored', async () => {
    for (const env of [LIMIT, PROXIED]) {
      const { app } = await startApi({ env });
      const clients = [1, 2, 3, 4].map((n) => ({ forwardedFor: `203.0.113.${n}` }));
      expect(await statuses(app, clients)).toEqual([200, 200, 200, 429]);
    }
  });

  test('behind trusted proxies, the client is the last address in X-Forwarded-For that is not a proxy', async () => {
    const { app } = await startApi({ env: PROXIED });
    const clients = [
      through('203.0.113.1'),
      through('6.6.6.6, 203.0.113.1'),
      through('7.7.7.7, 203.0.113.1, 10.9.9.9'),
      through('10.0.0.1, 203.0.113.1'),
      through('203.0.113.2'),
    ];
    expect(await statuses(app, clients)).toEqual([200, 200, 200, 429, 200]);
  });

  test('behind a trusted proxy, an X-Forwarded-For that is not an address counts as the address of the proxy', async () => {
    const { app } = await startApi({ env: PROXIED });
    const clients = ['unknown', '_hidden', '203.0.113.256', 'unknown'].map(through);
    expect(await statuses(app, clients)).toEqual([200, 200, 200, 429]);
  });
});

describe('one address of a whole school', () => {
  test('forty users sign in, reload and read their account within a minute under the default limit', async () => {
    stopClock();
    const { newBrowser } = await startApi({ env: { RATE_LIMIT_PER_MINUTE: '' } });
    for (let i = 0; i < 40; i += 1) {
      const browser = newBrowser();
      await browser.start(); // The pointer has reached the button before.
      const { access_token } = await signIn(browser, provider);
      for (let visits = 0; visits < 3; visits += 1) {
        tokensOf(await browser.post(PATHS.session));
        expect((await browser.get(PATHS.userinfo, access_token)).statusCode).toBe(200);
      }
    }
  });

  test('a user whose sign-in could start can finish it, however many others share the address', async () => {
    stopClock();
    const { browser, newBrowser } = await startApi({ env: LIMIT });
    const { authorizationUrl, state } = await browser.start();
    const body = { code: provider.authorize(authorizationUrl), state };
    for (const expected of [200, 200, 429, 429]) {
      expect((await newBrowser().post(PATHS.start)).statusCode).toBe(expected);
    }
    expect(errorOf(await newBrowser().post(PATHS.exchangeToken, body))).toBe('429 rate_limited');
    tokensOf(await browser.post(PATHS.exchangeToken, body));
  });

  test('a pending transaction has a limit of its own', async () => {
    stopClock();
    const { app, browser, newBrowser } = await startApi({ env: { RATE_LIMIT_PER_MINUTE: '1000' } });
    await browser.start();
    const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
    const exchange = { headers: { cookie } };
    const seen = [];
    for (let i = 0; i < 11; i += 1) seen.push((await ask(app, PATHS.exchangeToken, exchange)).statusCode);
    expect(seen).toEqual([...Array<number>(10).fill(400), 429]);
    await signIn(newBrowser(), provider); // Another browser at the same address.
  });

  test('behind a trusted proxy, the ports in X-Forwarded-For do not matter', async () => {
    const { app } = await startApi({ env: PROXIED });
    const clients = [
      '203.0.113.1:1001',
      '203.0.113.1',
      '[::ffff:203.0.113.1]:1002, 10.9.9.9:443',
      '203.0.113.1:1003',
    ];
    expect(await statuses(app, clients.map(through))).toEqual([200, 200, 200, 429]);
    const others = [
      '203.0.113.2:1001',
      '[2001:db8::1]:1001',
      '[2001:db8::2]',
      '2001:db8::3',
      '[2001:db8::4]:1',
    ];
    expect(await statuses(app, others.map(through))).toEqual([200, 200, 200, 200, 429]);
  });
});

const warnings = (log: string[]) => log.filter((line) => line.includes('TRUST_PROXY'));

describe('the warning that names TRUST_PROXY', () => {
  const forwarded = { forwardedFor: '203.0.113.1' };

  test.each([
    ['X-Forwarded-For and no TRUST_PROXY', LIMIT, forwarded],
    ['X-Forwarded-For from an address that is not listed', PROXIED, forwarded],
    ['X-Real-IP only', PROXIED, { remoteAddress: '10.1.2.3', headers: { 'x-real-ip': '203.0.113.1' } }],
    ['Forwarded only', PROXIED, { remoteAddress: '10.1.2.3', headers: { forwarded: 'for=203.0.113.1' } }],
  ])('appears once with %s', async (_, env, client) => {
    const { app, log } = await startApi({ env });
    await statuses(app, [client, client, {}]);
    expect(warnings(log)).toHaveLength(1);
    expect(warnings(log)[0]).toContain('"level":40');
    expect(log.join()).not.toContain('203.0.113.1');
  });

  test('does not appear if the proxies are listed or no request is forwarded', async () => {
    const { app, log } = await startApi({ env: PROXIED });
    await statuses(app, [through('203.0.113.1'), {}, through('203.0.113.2')]);
    expect(warnings(log)).toEqual([]);
  });
});
