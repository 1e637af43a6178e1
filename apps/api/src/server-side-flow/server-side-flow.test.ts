import { PATHS } from '@oneclick/shared/paths';
import type { LightMyRequestResponse } from 'fastify';
import { HttpResponse } from 'msw';
import { beforeEach, describe, expect, test } from 'vitest';
import { errorOf, SESSION_COOKIE, SESSION_HINT, tokensOf, type Browser } from '../../test/support/browser.ts';
import { moveClock, stopClock } from '../../test/support/clock.ts';
import { CLIENT_SECRET, startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { json, PROVIDER, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

const CALLBACK = `${WEB_ORIGIN}/oauth/callback`;
const ENV = { OAUTH_SERVER_REDIRECT_URI: CALLBACK };
const SAME_SITE = {
  API_ORIGIN: 'https://api.example.com',
  OAUTH_SERVER_REDIRECT_URI: 'https://api.example.com/oauth/callback',
};

beforeEach(stopClock);
const startServerSide = (env: Record<string, string> = {}) => startApi({ env: { ...ENV, ...env } });

/** Follows the link. Returns the address at the provider to which it redirects. */
async function leave(browser: Browser, { query = '', from = 'same-origin' }: Link = {}) {
  const response = await browser.navigate(PATHS.serverSideStart + query, from);
  expect(response.statusCode).toBe(302);
  const authorizationUrl = String(response.headers.location);
  return { authorizationUrl, state: new URL(authorizationUrl).searchParams.get('state') ?? '' };
}

interface Link {
  query?: string;
  from?: 'same-origin' | 'same-site';
}

/** Returns from the provider to the callback with its answer. */
function comeBack(
  browser: Browser,
  answer: Record<string, string> | string,
): Promise<LightMyRequestResponse> {
  const query = typeof answer === 'string' ? answer : new URLSearchParams(answer).toString();
  return browser.navigate(`${PATHS.serverSideCallback}?${query}`, 'cross-site');
}

async function signInServerSide(browser: Browser, link?: Link): Promise<string> {
  const { authorizationUrl, state } = await leave(browser, link);
  return placeOf(await comeBack(browser, { code: provider.authorize(authorizationUrl), state }));
}

function placeOf({ statusCode, headers }: LightMyRequestResponse): string {
  expect(statusCode).toBe(302);
  return String(headers.location);
}

const errorPlace = (code: string) => `${WEB_ORIGIN}/?error=${code}`;

test.each([PATHS.serverSideStart, PATHS.serverSideCallback])(
  'without OAUTH_SERVER_REDIRECT_URI, %s answers 404',
  async (path) => {
    const { browser } = await startApi();
    expect(errorOf(await browser.navigate(path))).toBe('404 not_found');
  },
);

describe('start', () => {
  test('the server-side start redirects to the provider with OAUTH_SERVER_REDIRECT_URI', async () => {
    const { browser } = await startServerSide();
    const { authorizationUrl } = await leave(browser);
    const url = new URL(authorizationUrl);
    expect(url.origin + url.pathname).toBe(`${PROVIDER}/api/oauth2/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'client_1',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'profile balance',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      auto_authorize: 'true',
    });
  });

  test.each([
    ['an image of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }],
    ['a frame of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' }],
    ['a script of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' }],
    ['an image of the web app', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' }],
    ['a frame of the web app', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' }],
  ])('a server-side start by %s is refused', async (_, headers) => {
    const { app, events } = await startServerSide();
    const response = await app.inject({ url: PATHS.serverSideStart, headers });
    expect(errorOf(response)).toBe('403 origin_not_allowed');
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(response.headers.location).toBeUndefined();
    expect(events()).toEqual(['request_refused']);
  });

  test.each([
    ['a link on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }],
    [
      'a link on another host of the same site',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'document' },
    ],
    [
      'a link on another site, in an older browser,',
      { 'sec-fetch-site': 'cross-site', accept: 'text/html,*/*' },
    ],
  ])(
    '%s starts no server-side sign-in, and the person gets to the web app with the reason',
    async (_, headers) => {
      const { app, events } = await startServerSide();
      const response = await app.inject({ url: `${PATHS.serverSideStart}?return_to=/pricing`, headers });
      expect(response.statusCode).toBe(302);
      expect(response.headers.location).toBe(`${WEB_ORIGIN}/?error=origin_not_allowed`);
      expect(response.headers['set-cookie']).toBeUndefined();
      expect(events()).toEqual(['request_refused']);
    },
  );

  test('above the rate limit the person gets to the web app with the reason', async () => {
    const { browser } = await startServerSide({ RATE_LIMIT_PER_MINUTE: '1' });
    await leave(browser);
    expect(placeOf(await browser.navigate(PATHS.serverSideStart))).toBe(errorPlace('rate_limited'));
  });

  test('a bookmark and a browser without Fetch Metadata can start a server-side sign-in', async () => {
    const { app, browser } = await startServerSide();
    expect((await browser.navigate(PATHS.serverSideStart, 'none')).statusCode).toBe(302);
    expect((await app.inject({ url: PATHS.serverSideStart })).statusCode).toBe(302);
  });

  test('with the API on another host of the site, a page of that site can start a server-side sign-in', async () => {
    const { browser } = await startServerSide(SAME_SITE);
    expect((await browser.navigate(PATHS.serverSideStart, 'same-site')).statusCode).toBe(302);
    const fromElsewhere = await browser.navigate(PATHS.serverSideStart, 'cross-site');
    expect(placeOf(fromElsewhere)).toBe(errorPlace('origin_not_allowed'));
  });

  test.each(['HEAD', 'POST'] as const)(
    '%s neither starts nor finishes a server-side sign-in',
    async (method) => {
      const { app } = await startServerSide();
      for (const url of [PATHS.serverSideStart, PATHS.serverSideCallback]) {
        const response = await app.inject({ method, url });
        expect(response.statusCode).toBe(405);
        expect(response.headers.allow).toBe('GET');
        expect(response.headers['set-cookie']).toBeUndefined();
      }
    },
  );
});

describe('callback', () => {
  test('the server-side callback starts a session that POST session finds', async () => {
    const { browser, events } = await startServerSide();
    const { authorizationUrl, state } = await leave(browser);
    const code = provider.authorize(authorizationUrl);
    expect(placeOf(await comeBack(browser, { code, state, iss: 'x', session_state: 'y' }))).toBe(
      `${WEB_ORIGIN}/?login=success`,
    );
    expect(await browser.cookieNames()).toEqual([SESSION_COOKIE, SESSION_HINT]);
    expect(Object.fromEntries(provider.tokenRequests[0] ?? [])).toEqual({
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      client_id: 'client_1',
      client_secret: CLIENT_SECRET,
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(tokensOf(await browser.post(PATHS.session))).toMatchObject({ expires_in: 7200 });
    expect(provider.refreshRequests()).toHaveLength(0);
    expect(events()).toEqual(['sign_in_prepared', 'sign_in_completed']);
  });

  test.each([
    [ENV, '__Host-Http-', '; Path=/; HttpOnly; Secure; SameSite=Lax', 'Strict'],
    [SAME_SITE, '__Host-Http-', '; Path=/; HttpOnly; Secure; SameSite=Lax', 'Strict'],
    [
      {
        WEB_ORIGIN: 'http://localhost:5173',
        API_ORIGIN: 'http://localhost:3000',
        OAUTH_SERVER_REDIRECT_URI: 'http://localhost:3000/oauth/callback',
      },
      '',
      '; Path=/; HttpOnly; SameSite=Lax',
      'Lax',
    ],
  ])(
    'with %j, the browser sends the transaction cookie from the provider to the callback, but not the session cookie',
    async (...row) => {
      const [env, prefix, attributes, sessionSameSite] = row;
      const { browser } = await startServerSide(env);
      const started = await browser.navigate(PATHS.serverSideStart, 'none');
      const url = String(started.headers.location);
      const state = new URL(url).searchParams.get('state') ?? '';
      const ended = await comeBack(browser, { code: provider.authorize(url), state });

      const setting = new RegExp(`^(${prefix}tx[\\w-]+)=[^;]+; Max-Age=600(.*)$`).exec(cookieOf(started));
      expect(setting?.[2]).toBe(attributes);
      const [clearing, , session] = [ended.headers['set-cookie'] ?? []].flat();
      expect(clearing?.replace(/; (?:Max-Age|Expires)=[^;]*/g, '')).toBe(`${setting?.[1]}=${attributes}`);
      expect(session).toMatch(new RegExp(`^${prefix}session.*; SameSite=${sessionSameSite}$`));
    },
  );

  test.each([
    ['?return_to=/pricing%3Fplan%3Dpro%23top', '/pricing?plan=pro&login=success#top'],
    ['?return_to=/x%3Flogin%3Dno%26error%3Dno', '/x?login=success'],
    ['?return_to=//evil.example', '/?login=success'],
    ['?return_to=https://evil.example/', '/?login=success'],
    ['?return_to=/%5Cevil.example', '/?login=success'],
    ['?return_to=/%09/evil.example', '/?login=success'],
    ['?return_to=/.//evil.example', '/?login=success'],
    ['?redirect_uri=https://evil.example&returnTo=//evil.example', '/?login=success'],
  ])('a server-side start with %s returns to %s of the web app', async (query, place) => {
    const { browser } = await startServerSide();
    expect(await signInServerSide(browser, { query })).toBe(WEB_ORIGIN + place);
  });

  test('a return path that is too long once it is encoded is ignored', async () => {
    const { browser } = await startServerSide();
    const query = `?return_to=/${encodeURIComponent('가'.repeat(500))}`;
    expect(await signInServerSide(browser, { query })).toBe(`${WEB_ORIGIN}/?login=success`);
  });

  test('a server-side start with two return paths is refused', async () => {
    const { browser } = await startServerSide();
    const response = await browser.navigate(`${PATHS.serverSideStart}?return_to=/a&return_to=/b`);
    expect(placeOf(response)).toBe(errorPlace('invalid_request'));
  });

  test('a denied server-side sign-in returns with authorization_denied and ends the transaction', async () => {
    const { browser, events } = await startServerSide();
    const { authorizationUrl, state } = await leave(browser);
    const answer = { error: 'access_denied', error_description: '<img src=x>', state };
    expect(placeOf(await comeBack(browser, answer))).toBe(errorPlace('authorization_denied'));
    expect(await browser.cookieNames()).toEqual([]);
    const code = provider.authorize(authorizationUrl);
    expect(placeOf(await comeBack(browser, { code, state }))).toBe(errorPlace('transaction_not_found'));
    expect(provider.tokenRequests).toEqual([]);
    expect(events()).toEqual(['sign_in_prepared', 'sign_in_denied', 'sign_in_failed']);
  });

  test('a server-side callback with an error and a code does not exchange the code', async () => {
    const { browser } = await startServerSide();
    const { authorizationUrl, state } = await leave(browser);
    const answer = { error: 'weird', code: provider.authorize(authorizationUrl), state };
    expect(placeOf(await comeBack(browser, answer))).toBe(errorPlace('authorization_failed'));
    expect(provider.tokenRequests).toEqual([]);
  });

  const A_STATE = 'a'.repeat(43);
  test.each([
    ['an error without a transaction', `error=access_denied&state=${A_STATE}`, 'transaction_not_found'],
    ['a code without a transaction', `code=c&state=${A_STATE}`, 'transaction_not_found'],
    ['no parameters', '', 'invalid_request'],
    ['no state', 'code=c', 'invalid_request'],
    ['an error without state', 'error=server_error', 'authorization_failed'],
    ['a denial without state', 'error=access_denied', 'authorization_denied'],
    ['an error with an empty state', 'error=server_error&state=', 'authorization_failed'],
    ['no code', `state=${A_STATE}`, 'invalid_request'],
    ['an empty code', `code=&state=${A_STATE}`, 'invalid_request'],
    ['a list', `code[]=c&state=${A_STATE}`, 'invalid_request'],
    ['two codes', `code=a&code=b&state=${A_STATE}`, 'invalid_request'],
    ['two states', `code=c&state=${A_STATE}&state=${A_STATE}`, 'invalid_request'],
    ['two errors', `error=a&error=b&state=${A_STATE}`, 'invalid_request'],
    ['a prototype', `__proto__=x&constructor.prototype=y&state=${A_STATE}`, 'invalid_request'],
    ['a state with a semicolon', `code=c&state=${'a'.repeat(42)}%3B`, 'invalid_request'],
    ['a state with a line break', `code=c&state=${'a'.repeat(42)}%0D%0A`, 'invalid_request'],
    ['a long code', `code=${'c'.repeat(2049)}&state=${A_STATE}`, 'invalid_request'],
    ['an emoji', `code=%F0%9F%98%80&state=${A_STATE}`, 'invalid_request'],
  ])('a server-side callback with %s redirects to the web app with an error code', async (_, query, code) => {
    const { browser } = await startServerSide();
    const response = await comeBack(browser, query);
    expect(placeOf(response)).toBe(errorPlace(code));
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(provider.tokenRequests).toEqual([]);
  });

  test('a server-side callback with two codes keeps the transaction', async () => {
    const { browser } = await startServerSide();
    const { authorizationUrl, state } = await leave(browser);
    await comeBack(browser, `code=a&code=b&state=${state}`);
    const code = provider.authorize(authorizationUrl);
    expect(placeOf(await comeBack(browser, { code, state }))).toBe(`${WEB_ORIGIN}/?login=success`);
  });

  test('a transaction works only in the flow that started it', async () => {
    const { app, browser } = await startServerSide();
    const popup = await browser.start();
    // The browser does not send the Strict cookie from another site.
    expect(placeOf(await comeBack(browser, { code: 'c', state: popup.state }))).toBe(
      errorPlace('transaction_not_found'),
    );
    const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
    const url = `${PATHS.serverSideCallback}?code=c&state=${popup.state}`;
    const planted = await app.inject({ url, headers: { cookie } });
    expect(placeOf(planted)).toBe(errorPlace('transaction_invalid'));
    expect(planted.headers['set-cookie']).toMatch(/^__Host-Http-tx_[\w-]{16}=; Max-Age=0/);

    const { state } = await leave(browser);
    const response = await browser.post(PATHS.exchangeToken, { code: 'c', state });
    expect(errorOf(response)).toBe('400 transaction_invalid');
    expect(provider.tokenRequests).toEqual([]);
  });

  test('a server-side callback with the answer of another browser signs no one in', async () => {
    const { browser, newBrowser } = await startServerSide();
    const theirs = await leave(newBrowser());
    const answer = { code: provider.authorize(theirs.authorizationUrl), state: theirs.state };
    expect(placeOf(await comeBack(browser, answer))).toBe(errorPlace('transaction_not_found'));
    expect(await browser.cookieNames()).toEqual([]);
    expect(provider.tokenRequests).toEqual([]);
  });

  test('the server-side callback refuses a transaction after eleven minutes', async () => {
    const { app, browser } = await startServerSide();
    const { authorizationUrl, state } = await leave(browser);
    const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'lax' });
    moveClock(660);
    const url = `${PATHS.serverSideCallback}?code=${provider.authorize(authorizationUrl)}&state=${state}`;
    expect(placeOf(await app.inject({ url, headers: { cookie } }))).toBe(errorPlace('transaction_expired'));
    expect(provider.tokenRequests).toEqual([]);
  });

  test.each([
    ['a refused code', () => json({ error: 'invalid_grant' }, 400), 'code_rejected'],
    ['a wrong secret', () => json({ error: 'invalid_client' }, 401), 'provider_misconfigured'],
    ['500', () => json({}, 500), 'provider_unavailable'],
    ['a broken connection', () => HttpResponse.error(), 'provider_unavailable'],
    ['HTML', () => HttpResponse.html('<p>canary</p>'), 'provider_bad_response'],
  ])(
    'a server-side code exchange that the provider answers with %s redirects to the web app with an error code',
    async (_, answer, code) => {
      const { browser } = await startServerSide();
      const { authorizationUrl, state } = await leave(browser);
      provider.tokenAnswers.push(answer);
      const response = await comeBack(browser, { code: provider.authorize(authorizationUrl), state });
      expect(placeOf(response)).toBe(errorPlace(code));
      expect(await browser.cookieNames()).toEqual([]);
    },
  );

  test('a server-side sign-in ends the previous session, although the callback does not receive its cookie', async () => {
    const { app, browser } = await startServerSide();
    await signInServerSide(browser);
    const first = await browser.sessionCookie();
    await signInServerSide(browser);
    const headers = { cookie: first, origin: WEB_ORIGIN, 'x-csrf': '1' };
    expect(errorOf(await app.inject({ method: 'POST', url: PATHS.session, headers }))).toBe(
      '401 session_invalid',
    );
    tokensOf(await browser.post(PATHS.session));
  });

  test('the server-side start leaves auto_authorize out after a sign-out, until the next sign-in', async () => {
    const { browser } = await startServerSide();
    const isAutomatic = async () => (await leave(browser)).authorizationUrl.includes('auto_authorize');
    await signInServerSide(browser);
    expect(await isAutomatic()).toBe(true);
    await browser.post(PATHS.logout);
    expect(await browser.cookieNames()).toEqual(['__Host-Http-signed-out']);
    expect(await isAutomatic()).toBe(false);
    await signInServerSide(browser);
    expect(await isAutomatic()).toBe(true);
  });

  test('fifty server-side starts leave five transactions', async () => {
    const { browser } = await startServerSide();
    const first = await leave(browser);
    for (let i = 0; i < 50; i += 1) {
      moveClock(1);
      await leave(browser);
    }
    expect(await browser.cookieNames()).toHaveLength(5);
    const answer = { code: 'c', state: first.state };
    expect(placeOf(await comeBack(browser, answer))).toBe(errorPlace('transaction_replaced'));
  });
});

function cookieOf({ headers }: LightMyRequestResponse): string {
  return String(headers['set-cookie']);
}
