import { INCLUDE_USERINFO, PATHS } from '@oneclick/shared/paths';
import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { errorOf, tokensOf, type Browser } from '../../test/support/browser.ts';
import { moveClock } from '../../test/support/clock.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi } from '../../test/support/test-api.ts';
import { json, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

const WITH_USERINFO = `?${new URLSearchParams(INCLUDE_USERINFO).toString()}`;
const USER = { id: 1, username: 'user1' };

/** Signs in, and appends this query to the exchange. */
const signInWith = ({ start, post }: Browser, query: string) =>
  signIn({ start, post: (url, body) => post(url + query, body) }, provider);

/** The access tokens with which the API has asked the provider for userinfo. */
const tokensOfUserinfoRequests = () =>
  provider.resourceRequests.map(({ headers }) => headers.get('authorization')?.replace('Bearer ', ''));

test('exchange-token answers the account with the token, read with that token', async () => {
  const { browser } = await startApi();
  const { access_token, userinfo } = await signInWith(browser, WITH_USERINFO);
  expect(userinfo).toEqual(USER);
  expect(tokensOfUserinfoRequests()).toEqual([access_token]);
});

test('session answers the account with the token, also with a token that it has just refreshed', async () => {
  const { browser } = await startApi();
  const { access_token: first } = await signIn(browser, provider);
  moveClock(7000); // The token is due for a refresh.
  const refreshed = tokensOf(await browser.post(PATHS.session + WITH_USERINFO));
  const sealed = tokensOf(await browser.post(PATHS.session + WITH_USERINFO));
  expect(provider.refreshRequests()).toHaveLength(1);
  expect(refreshed).toMatchObject({ userinfo: USER });
  expect(sealed).toEqual(refreshed);
  expect(tokensOfUserinfoRequests()).toEqual([sealed.access_token, sealed.access_token]);
  expect(sealed.access_token).not.toBe(first);
});

test('the account has only the fields of the contract', async () => {
  const { browser } = await startApi();
  provider.resourceAnswer = () => json({ ...USER, password_hash: 'x' });
  expect((await signInWith(browser, WITH_USERINFO)).userinfo).toEqual(USER);
});

test.each(['', '?include=', '?include=models', '?include=userinfo&include=models', '?more=1'])(
  'a page that sends the query "%s" gets the token alone, and the provider no request for userinfo',
  async (query) => {
    const { browser } = await startApi();
    expect(await signInWith(browser, query)).not.toHaveProperty('userinfo');
    expect(tokensOf(await browser.post(PATHS.session + query))).not.toHaveProperty('userinfo');
    expect(provider.resourceRequests).toEqual([]);
  },
);

test('refresh-token and a refused session send the provider no request for userinfo', async () => {
  const { browser } = await startApi();
  expect(errorOf(await browser.post(PATHS.session + WITH_USERINFO))).toBe('401 no_session');
  await signIn(browser, provider);
  const refreshed = tokensOf(await browser.post(PATHS.refreshToken + WITH_USERINFO));
  expect(refreshed).not.toHaveProperty('userinfo');
  expect(provider.resourceRequests).toEqual([]);
});

test('of two requests that share one refresh, only the one that asks for the account gets it', async () => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  moveClock(7000);
  const responses = await Promise.all(
    ['', WITH_USERINFO].map((query) => browser.post(PATHS.session + query)),
  );
  const [alone, withUserinfo] = responses.map(tokensOf);
  expect(provider.refreshRequests()).toHaveLength(1);
  expect(alone).not.toHaveProperty('userinfo');
  expect(withUserinfo).toEqual({ ...alone, userinfo: USER });
});

test('of two requests that share one code exchange, only the one that asks for the account gets it', async () => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  const body = { code: provider.authorize(authorizationUrl), state };
  const responses = await Promise.all(
    ['', WITH_USERINFO].map((query) => browser.post(PATHS.exchangeToken + query, body)),
  );
  const [alone, withUserinfo] = responses.map(tokensOf);
  expect(provider.tokenRequests).toHaveLength(1);
  expect(alone).not.toHaveProperty('userinfo');
  expect(withUserinfo).toEqual({ ...alone, userinfo: USER });
});

describe('the token does not depend on userinfo', () => {
  test.each([
    ['401', () => json({}, 401)],
    ['403', () => json({}, 403)],
    ['429', () => json({}, 429, { 'retry-after': '60' })],
    ['500', () => json({}, 500)],
    ['a redirect', () => HttpResponse.redirect('https://evil.example', 307)],
    ['HTML', () => HttpResponse.html('<h1>Bad Gateway</h1>')],
    ['incomplete JSON', () => HttpResponse.text('{"id":1')],
    ['no account', () => json({ message: 'canary' })],
    ['too many bytes', () => json({ id: 1, username: 'x'.repeat(70_000) })],
    ['a broken connection', () => HttpResponse.error()],
    ['nothing, until the page has its token', () => new Promise<Response>(() => undefined)],
  ])(
    'if the provider answers userinfo with %s, the page gets its token and stays signed in',
    async (_, answer) => {
      const { browser, log } = await startApi({ timeoutMs: 60_000 });
      provider.resourceAnswer = answer;
      const signedIn = await signInWith(browser, WITH_USERINFO);
      expect(signedIn).not.toHaveProperty('userinfo');
      const restored = tokensOf(await browser.post(PATHS.session + WITH_USERINFO));
      expect(restored).toMatchObject({ access_token: signedIn.access_token });
      expect(restored).not.toHaveProperty('userinfo');
      expect(log.join()).toContain('userinfo left out');
      expect(log.join()).not.toContain(signedIn.access_token);
      expect(log.join()).not.toContain('canary');
    },
  );
});
