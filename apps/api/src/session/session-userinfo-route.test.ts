import { PATHS } from '@oneclick/shared/paths';
import { beforeEach, expect, test } from 'vitest';
import { errorOf, SESSION_COOKIE, setCookiesOf, tokensOf, type Browser } from '../../test/support/browser.ts';
import { moveClock, stopClock } from '../../test/support/clock.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { json, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

beforeEach(stopClock);

const SAME_SITE = { API_ORIGIN: 'https://api.example.com' };
const CROSS_SITE = { API_ORIGIN: 'https://api.example.net' };
const SCRIPT = { 'x-csrf': '1', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };

const ask = (browser: Browser, headers: Record<string, string> = SCRIPT) =>
  browser.send({ url: PATHS.sessionUserinfo, headers });

test('user info answers ten times with the same access token', async () => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  const token = tokensOf(await browser.post(PATHS.session)).access_token;
  for (let i = 0; i < 10; i += 1) {
    const response = await ask(browser);
    expect(response.json()).toEqual({ id: 1, username: 'user1' });
    expect(response.headers['set-cookie']).toBeUndefined();
  }
  expect(provider.refreshRequests()).toHaveLength(0);
  expect(new Set(provider.resourceRequests.map(({ headers }) => headers.get('authorization')))).toEqual(
    new Set([`Bearer ${token}`]),
  );
});

test('user info refreshes an access token that is about to expire only once', async () => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  moveClock(6901);
  const [first] = await Promise.all([ask(browser), ask(browser), ask(browser)]);
  expect(first.json()).toEqual({ id: 1, username: 'user1' });
  expect(setCookiesOf(first)[0]).toMatch(new RegExp(`^${SESSION_COOKIE}=`));
  await ask(browser);
  expect(provider.refreshRequests()).toHaveLength(1);
});

test('user info without a session answers no_session, with and without X-CSRF', async () => {
  const { app, browser } = await startApi();
  expect(errorOf(await ask(browser))).toBe('401 no_session');
  expect(errorOf(await app.inject({ url: PATHS.sessionUserinfo }))).toBe('401 no_session');
});

test('user info accepts X-CSRF without Origin and Fetch Metadata, as a server that forwards the cookie sends it', async () => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  expect((await ask(browser, { 'x-csrf': '1' })).statusCode).toBe(200);
  expect(errorOf(await ask(browser, {}))).toBe('403 csrf_header_missing');
});

test('user info does not refresh an access token that the provider refuses', async () => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  provider.resourceAnswer = () => json({}, 401);
  expect(errorOf(await ask(browser))).toBe('401 invalid_token');
  expect(provider.refreshRequests()).toHaveLength(0);
});

test.each([
  ['no X-CSRF', { 'sec-fetch-site': 'same-origin' }, '403 csrf_header_missing'],
  ['another site', { ...SCRIPT, 'sec-fetch-site': 'cross-site' }, '403 origin_not_allowed'],
  ['another host of the same site', { ...SCRIPT, 'sec-fetch-site': 'same-site' }, '403 origin_not_allowed'],
  ['a typed address', { ...SCRIPT, 'sec-fetch-site': 'none' }, '403 origin_not_allowed'],
  ['an evil Origin', { ...SCRIPT, origin: 'https://evil.example' }, '403 origin_not_allowed'],
  ['Origin null', { ...SCRIPT, origin: 'null' }, '403 origin_not_allowed'],
  ['a navigation', { ...SCRIPT, 'sec-fetch-mode': 'navigate' }, '403 origin_not_allowed'],
  ['an image', { ...SCRIPT, 'sec-fetch-mode': 'no-cors' }, '403 origin_not_allowed'],
])('user info refuses a request with %s', async (_, headers, expected) => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  expect(errorOf(await ask(browser, headers))).toBe(expected);
  expect(provider.resourceRequests).toEqual([]);
});

test('user info requires an Origin between two hosts of one site', async () => {
  const { browser } = await startApi({ env: SAME_SITE });
  await signIn(browser, provider);
  const sameSite = { ...SCRIPT, 'sec-fetch-site': 'same-site' };
  expect((await ask(browser, { ...sameSite, origin: WEB_ORIGIN })).statusCode).toBe(200);
  expect((await ask(browser, { 'x-csrf': '1', origin: WEB_ORIGIN })).statusCode).toBe(200);
  expect(errorOf(await ask(browser, sameSite))).toBe('403 origin_not_allowed');
  expect(errorOf(await ask(browser, SCRIPT))).toBe('403 origin_not_allowed');
});

test('user info requires an Origin between two sites', async () => {
  const { browser } = await startApi({ env: CROSS_SITE });
  await signIn(browser, provider);
  const crossSite = { ...SCRIPT, 'sec-fetch-site': 'cross-site' };
  expect((await ask(browser, { ...crossSite, origin: WEB_ORIGIN })).statusCode).toBe(200);
  expect(errorOf(await ask(browser, { ...crossSite, origin: 'https://evil.example' }))).toBe(
    '403 origin_not_allowed',
  );
  expect(errorOf(await ask(browser, crossSite))).toBe('403 origin_not_allowed');
});
