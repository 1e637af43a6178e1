import { PATHS } from '@oneclick/shared/paths';
import { HttpResponse } from 'msw';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Browser, errorOf, SESSION_COOKIE, SESSION_HINT, tokensOf } from '../../test/support/browser.ts';
import { moveClock, stopClock } from '../../test/support/clock.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { CLIENT_SECRET, startApi, VALID_ENV, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { json, PROVIDER, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

beforeEach(stopClock);

test('start answers with an authorization URL that contains state, the PKCE challenge and no secret', async () => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  const url = new URL(authorizationUrl);
  expect(url.origin + url.pathname).toBe(`${PROVIDER}/api/oauth2/authorize`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: 'client_1',
    redirect_uri: `${WEB_ORIGIN}/oauth/callback.html`,
    response_type: 'code',
    scope: 'profile balance',
    state,
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    auto_authorize: 'true',
  });
  expect(state).toMatch(/^[\w-]{43}$/);
});

test('each transaction has its own state and code challenge', async () => {
  const { newBrowser } = await startApi();
  const urls = await Promise.all(
    Array.from({ length: 200 }, async () => (await newBrowser().start()).authorizationUrl),
  );
  const values = urls.flatMap((url) =>
    ['state', 'code_challenge'].map((name) => new URL(url).searchParams.get(name)),
  );
  expect(new Set(values).size).toBe(400);
});

test('start ignores Host, Forwarded and X-Forwarded headers', async () => {
  const { browser } = await startApi();
  const headers = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    forwarded: 'host=evil.example',
  };
  const response = await browser.post(PATHS.start, {}, headers);
  expect(response.body).not.toContain('evil');
  expect(response.headers['set-cookie']).toMatch(/Secure/);
});

test('a scope with special characters adds no parameter to the authorization URL', async () => {
  const { browser } = await startApi({ env: { OAUTH_SCOPE: 'a&client_id=evil b+c' } });
  const { searchParams } = new URL((await browser.start()).authorizationUrl);
  expect(searchParams.get('scope')).toBe('a&client_id=evil b+c');
  expect(searchParams.getAll('client_id')).toEqual(['client_1']);
});

test('the code exchange answers with tokens, sets the session cookie and clears the transaction cookie', async () => {
  const { browser, events } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  const code = provider.authorize(authorizationUrl);
  const response = await browser.post(PATHS.exchangeToken, { code, state });

  const tokens = tokensOf(response);
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 7200, scope: 'profile balance' });
  expect(await browser.cookieNames()).toEqual([SESSION_COOKIE, SESSION_HINT]);
  expect(response.payload + JSON.stringify(response.headers)).not.toMatch(/refresh-/);
  expect(events()).toEqual(['sign_in_prepared', 'sign_in_completed']);

  const [form] = provider.tokenRequests;
  expect(Object.fromEntries(form ?? [])).toEqual({
    grant_type: 'authorization_code',
    code,
    redirect_uri: `${WEB_ORIGIN}/oauth/callback.html`,
    client_id: 'client_1',
    client_secret: CLIENT_SECRET,
    code_verifier: expect.stringMatching(/^[\w-]{43}$/),
  });
});

test('client_secret_basic sends the client credentials in the Authorization header', async () => {
  const { browser } = await startApi({
    env: { OAUTH_CLIENT_AUTH: 'client_secret_basic', OAUTH_CLIENT_SECRET: 'a-b_c:d %' },
  });
  await signIn(browser, provider);
  expect(provider.tokenRequests[0]?.has('client_secret')).toBe(false);
  // RFC 6749 §2.3.1: both are form-encoded first.
  expect(provider.tokenHeaders[0]?.get('authorization')).toBe(`Basic ${btoa('client_1:a-b_c%3Ad+%25')}`);
});

test('a second sign-in starts a new session and ends the first', async () => {
  const { app, browser } = await startApi();
  const first = await signIn(browser, provider);
  const cookie = await browser.sessionCookie();
  const second = await signIn(browser, provider);
  expect(second.session_id).not.toBe(first.session_id);

  const headers = { cookie, origin: WEB_ORIGIN, 'x-csrf': '1' };
  expect(errorOf(await app.inject({ method: 'POST', url: PATHS.session, headers }))).toBe(
    '401 session_invalid',
  );
  expect(tokensOf(await browser.post(PATHS.session)).session_id).toBe(second.session_id);
});

test('two concurrent sign-ins of one browser both succeed, in any order', async () => {
  const { browser } = await startApi();
  const [a, b] = [await browser.start(), await browser.start()];
  for (const { authorizationUrl, state } of [b, a]) {
    const code = provider.authorize(authorizationUrl);
    expect((await browser.post(PATHS.exchangeToken, { code, state })).statusCode).toBe(200);
  }
});

test('the state of another browser finds no transaction, and the provider gets no request', async () => {
  const { browser, newBrowser } = await startApi();
  const attackers = newBrowser();
  const mine = await browser.start();
  const theirs = await attackers.start();
  const response = await browser.post(PATHS.exchangeToken, {
    code: provider.authorize(theirs.authorizationUrl),
    state: theirs.state,
  });
  expect(errorOf(response)).toBe('400 transaction_not_found');
  expect(response.headers['set-cookie']).toBeUndefined();
  expect(provider.tokenRequests).toEqual([]);
  // The browser's own transaction still works.
  tokensOf(
    await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(mine.authorizationUrl),
      state: mine.state,
    }),
  );
});

test('a transaction cookie under the name of another transaction is refused and cleared', async () => {
  const { browser } = await startApi();
  const [a, b] = [await browser.start(), await browser.start()];
  const [first, second] = await browser.jar.getCookies(WEB_ORIGIN, { sameSiteContext: 'strict' });
  if (!first || !second) throw new Error('two cookies expected');
  [first.value, second.value] = [second.value, first.value];
  await browser.jar.setCookie(first, WEB_ORIGIN);
  await browser.jar.setCookie(second, WEB_ORIGIN);
  for (const { state } of [a, b]) {
    expect(errorOf(await browser.post(PATHS.exchangeToken, { code: 'c', state }))).toBe(
      '400 transaction_invalid',
    );
  }
  expect(await browser.cookieNames()).toEqual([]);
  expect(provider.tokenRequests).toEqual([]);
});

test('a code of another transaction fails the PKCE check', async () => {
  const { browser, newBrowser } = await startApi();
  const stolen = provider.authorize((await newBrowser().start()).authorizationUrl);
  const { state } = await browser.start();
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code: stolen, state }))).toBe('400 code_rejected');
  expect(await browser.cookieNames()).toEqual([]);
});

test('the code exchange refuses a transaction after eleven minutes', async () => {
  const { app, browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' }); // As kept by a browser whose clock has stopped.
  moveClock(660);
  const response = await app.inject({
    method: 'POST',
    url: PATHS.exchangeToken,
    headers: { origin: WEB_ORIGIN, 'x-csrf': '1', cookie },
    body: { code: provider.authorize(authorizationUrl), state },
  });
  expect(errorOf(response)).toBe('400 transaction_expired');
  expect(response.headers['set-cookie']).toMatch(/^__Host-Http-tx_[\w-]{16}=; Max-Age=0/);
  expect(provider.tokenRequests).toEqual([]);
});

test('a transaction that starts in the future is refused', async () => {
  const { browser } = await startApi();
  moveClock(300);
  const { state } = await browser.start();
  moveClock(-300);
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code: 'c', state }))).toBe(
    '400 transaction_invalid',
  );
});

test.each(['header', 'encrypted key', 'nonce', 'ciphertext', 'tag'])(
  'a transaction cookie with a changed %s is refused',
  async (part) => {
    const { browser } = await startApi();
    const { state } = await browser.start();
    const [cookie] = await browser.jar.getCookies(WEB_ORIGIN, { sameSiteContext: 'strict' });
    const parts = cookie?.value.split('.') ?? [];
    const index = ['header', 'encrypted key', 'nonce', 'ciphertext', 'tag'].indexOf(part);
    parts[index] = flipFirst(parts[index] ?? '');
    if (cookie) cookie.value = parts.join('.');
    expect(errorOf(await browser.post(PATHS.exchangeToken, { code: 'c', state }))).toBe(
      '400 transaction_invalid',
    );
    expect(await browser.cookieNames()).toEqual([]);
  },
);

function flipFirst(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}

test('a denied authorization answers authorization_denied and ends the transaction', async () => {
  const { browser, events } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  expect(errorOf(await browser.post(PATHS.exchangeToken, { error: 'access_denied', state }))).toBe(
    '400 authorization_denied',
  );
  const code = provider.authorize(authorizationUrl);
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code, state }))).toBe('400 transaction_not_found');
  expect(events()).toEqual(['sign_in_prepared', 'sign_in_denied', 'sign_in_failed']);
});

test.each([
  'consent_required',
  'interaction_required',
  'login_required',
  'account_selection_required',
  'user_cancelled_login',
  'user_cancelled_authorize',
  'user_denied',
])('the authorization error %s means that the user has refused', async (error) => {
  const { browser, events } = await startApi();
  const { state } = await browser.start();
  expect(errorOf(await browser.post(PATHS.exchangeToken, { error, state }))).toBe('400 authorization_denied');
  expect(events()).toEqual(['sign_in_prepared', 'sign_in_denied']);
});

test.each([
  'weird_error',
  'server_error',
  'temporarily_unavailable',
  'invalid_scope',
  'unauthorized_client',
  'unmet_authentication_requirements',
  'ACCESS_DENIED',
])('the authorization error %s answers authorization_failed', async (error) => {
  const { browser } = await startApi();
  const { state } = await browser.start();
  expect(errorOf(await browser.post(PATHS.exchangeToken, { error, state }))).toBe('400 authorization_failed');
});

test('of seven attempts in parallel, the two oldest are told that newer ones replaced them', async () => {
  const { browser } = await startApi();
  const attempts = [];
  for (let i = 0; i < 7; i += 1) {
    moveClock(1);
    attempts.push(await browser.start());
  }
  const answers = [];
  for (const { authorizationUrl, state } of attempts) {
    const response = await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(authorizationUrl),
      state,
    });
    answers.push(response.statusCode === 200 ? 'tokens' : errorOf(response));
  }
  expect(answers).toEqual([
    ...Array<string>(2).fill('400 transaction_replaced'),
    ...Array<string>(5).fill('tokens'),
  ]);
  expect(provider.tokenRequests).toHaveLength(5);
});

test('a browser whose cookies are blocked is told transaction_not_found', async () => {
  const { app, browser } = await startApi();
  const { state } = await browser.start();
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1' };
  const exchange = { method: 'POST', url: PATHS.exchangeToken, headers, body: { code: 'c', state } } as const;
  expect(errorOf(await app.inject(exchange))).toBe('400 transaction_not_found');
  const unreadable = `${(await browser.cookieNames()).join()}x=y; __Host-Http-tx_${'a'.repeat(16)}=garbage`;
  expect(errorOf(await app.inject({ ...exchange, headers: { ...headers, cookie: unreadable } }))).toBe(
    '400 transaction_not_found',
  );
});

test('an authorization error with an unknown state answers transaction_not_found', async () => {
  const { browser } = await startApi();
  const response = await browser.post(PATHS.exchangeToken, { error: 'access_denied', state: 'a'.repeat(43) });
  expect(errorOf(response)).toBe('400 transaction_not_found');
});

/** The request of an exchange with the cookies of its browser, for a browser that sends it again by itself. */
async function prepareExchange(browser: Browser) {
  const { authorizationUrl, state } = await browser.start();
  const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
  return {
    method: 'POST' as const,
    url: PATHS.exchangeToken,
    headers: { origin: WEB_ORIGIN, 'x-csrf': '1', cookie },
    body: { code: provider.authorize(authorizationUrl), state },
  };
}

describe('one exchange for all requests with one code', () => {
  test('two exchanges at the same time and one after them get the tokens of one session', async () => {
    const { app, browser, events } = await startApi();
    const request = await prepareExchange(browser);
    const responses = await Promise.all([app.inject(request), app.inject(request)]);
    responses.push(await app.inject(request));
    const tokens = responses.map((response) => tokensOf(response));
    expect(new Set(tokens.map(({ access_token, session_id }) => access_token + session_id)).size).toBe(1);
    for (const response of responses) {
      const names = response.cookies.map(({ name }) => name);
      expect(names).toContain(SESSION_COOKIE);
    }
    expect(provider.tokenRequests).toHaveLength(1);
    expect(events()).toEqual(['sign_in_prepared', 'sign_in_completed']);
  });

  test('an exchange that is sent again after 30 seconds is left to the provider, which refuses the code', async () => {
    const { app, browser } = await startApi();
    const request = await prepareExchange(browser);
    tokensOf(await app.inject(request));
    moveClock(31);
    expect(errorOf(await app.inject(request))).toBe('400 code_rejected');
  });

  test('an exchange that is sent again after a sign-out signs no one in', async () => {
    const { app, browser } = await startApi();
    const request = await prepareExchange(browser);
    tokensOf(await browser.post(PATHS.exchangeToken, request.body));
    await browser.post(PATHS.logout);
    const again = await app.inject(request);
    expect(errorOf(again)).toBe('409 transaction_replayed');
    expect(again.cookies.filter(({ name, value }) => name === SESSION_COOKIE && value !== '')).toEqual([]);
  });

  test('an exchange that is sent again after a refresh gets the latest tokens', async () => {
    const { app, browser } = await startApi();
    const request = await prepareExchange(browser);
    tokensOf(await browser.post(PATHS.exchangeToken, request.body));
    const latest = tokensOf(await browser.post(PATHS.refreshToken));
    expect(tokensOf(await app.inject(request))).toEqual(latest);
  });

  test('an exchange that is sent again never brings back the tokens from before a refresh', async () => {
    const { app, browser } = await startApi();
    const request = await prepareExchange(browser);
    tokensOf(await browser.post(PATHS.exchangeToken, request.body));
    const latest = tokensOf(await browser.post(PATHS.refreshToken));
    const signedIn = [];
    for (let seconds = 0; seconds < 60; seconds += 10) {
      moveClock(10);
      const again = await app.inject(request);
      if (again.cookies.some(({ name, value }) => name === SESSION_COOKIE && value !== '')) {
        signedIn.push(tokensOf(again).access_token);
      }
    }
    expect(new Set(signedIn)).toEqual(new Set([latest.access_token]));
  });
});

test('an exchange is retryable as long as the provider has not received the code, and then succeeds', async () => {
  const broken = await startApi({ maxRequestsInFlight: 0 });
  const request = await prepareExchange(broken.browser);
  const response = await broken.app.inject(request);
  expect(errorOf(response)).toBe('503 provider_unavailable');
  expect(response.json()).toMatchObject({ retryable: true });
  expect(response.headers['retry-after']).toBeDefined();
  expect(response.headers['set-cookie']).toBeUndefined();
  const { app } = await startApi();
  tokensOf(await app.inject(request));
});

test.each([
  ['500', () => json({}, 500)],
  ['429', () => json({}, 429, { 'retry-after': '1' })],
  ['a broken connection', () => HttpResponse.error()],
  ['nonsense', () => HttpResponse.text('oops')],
  ['silence', () => new Promise<Response>(() => undefined)],
])(
  'an exchange that the provider answers with %s is not retryable and ends the transaction',
  async (_, answer) => {
    const { browser } = await startApi({ timeoutMs: 100 });
    const { authorizationUrl, state } = await browser.start();
    provider.tokenAnswers.push(answer);
    const response = await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(authorizationUrl),
      state,
    });
    expect(response.statusCode).toBeGreaterThanOrEqual(502);
    expect(response.json()).toMatchObject({ retryable: false });
    expect(response.headers['retry-after']).toBeUndefined();
    expect(await browser.cookieNames()).toEqual([]);
  },
);

test('fifty starts leave the five newest transactions', async () => {
  const { browser } = await startApi();
  const transactions = [];
  for (let i = 0; i < 50; i += 1) {
    moveClock(1); // Each transaction gets its own start time, so that one is the oldest.
    transactions.push(await browser.start());
  }
  expect(await browser.cookieNames()).toHaveLength(5);
  const [first, last] = [transactions[0], transactions.at(-1)];
  if (!first || !last) throw new Error('fifty transactions expected');
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code: 'c', state: first.state }))).toBe(
    '400 transaction_replaced',
  );
  tokensOf(
    await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(last.authorizationUrl),
      state: last.state,
    }),
  );
});

test('a transaction sealed with an old key works as long as SESSION_KEYS contains that key', async () => {
  const [k1, k2] = [VALID_ENV.SESSION_KEYS, `k2:${Buffer.alloc(32, 2).toString('base64url')}`];
  const before = await startApi();
  const { authorizationUrl, state } = await before.browser.start();
  const cookie = await before.browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
  const finish = async (keys: string) => {
    const { app } = await startApi({ env: { SESSION_KEYS: keys } });
    const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', cookie };
    return app.inject({
      method: 'POST',
      url: PATHS.exchangeToken,
      headers,
      body: { code: provider.authorize(authorizationUrl), state },
    });
  };
  const unknown = await finish(k2);
  expect(errorOf(unknown)).toBe('400 transaction_invalid');
  expect(unknown.headers['set-cookie']).toBeUndefined();
  tokensOf(await finish(`${k2},${k1}`));
});

test('the authorization URL has no auto_authorize after a sign-out, until the next sign-in', async () => {
  const { browser } = await startApi();
  const isAutomatic = async () => (await browser.start()).authorizationUrl.includes('auto_authorize');
  await signIn(browser, provider);
  expect(await isAutomatic()).toBe(true);
  await browser.post(PATHS.logout);
  expect(await isAutomatic()).toBe(false);
  await signIn(browser, provider);
  expect(await isAutomatic()).toBe(true);
});

test('OAUTH_AUTO_AUTHORIZE=false leaves auto_authorize out of the authorization URL', async () => {
  const { browser } = await startApi({ env: { OAUTH_AUTO_AUTHORIZE: 'false' } });
  expect((await browser.start()).authorizationUrl).not.toContain('auto_authorize');
});

test.each([
  ['invalid_grant', () => json({ error: 'invalid_grant' }, 400), '400 code_rejected'],
  ['a 403 for a replayed code', () => json({ error: 'access_denied' }, 403), '400 code_rejected'],
  ['an empty 400', () => new HttpResponse(null, { status: 400 }), '400 code_rejected'],
  ['an error that is an object', () => json({ error: { code: 1 } }, 400), '400 code_rejected'],
  [
    'invalid_client behind WWW-Authenticate',
    () => json({ error: 'invalid_client' }, 401, { 'www-authenticate': 'Basic realm="x"' }),
    '502 provider_misconfigured',
  ],
  ['unauthorized_client', () => json({ error: 'unauthorized_client' }, 400), '502 provider_misconfigured'],
  ['invalid_request', () => json({ error: 'invalid_request' }, 400), '502 provider_misconfigured'],
  [
    'unsupported_grant_type',
    () => json({ error: 'unsupported_grant_type' }, 400),
    '502 provider_misconfigured',
  ],
  ['404', () => json({}, 404), '502 provider_bad_response'],
  ['403 in HTML', () => HttpResponse.html('<h1>no</h1>', { status: 403 }), '503 provider_unavailable'],
])(
  'a code exchange that the provider answers with %s fails and ends the transaction',
  async (_, answer, expected) => {
    const { browser } = await startApi();
    const { authorizationUrl, state } = await browser.start();
    provider.tokenAnswers.push(answer);
    const response = await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(authorizationUrl),
      state,
    });
    expect(errorOf(response)).toBe(expected);
    expect(await browser.cookieNames()).toEqual([]);
  },
);

const GOOD = {
  access_token: 'good',
  token_type: 'Bearer',
  expires_in: 7200,
  refresh_token: 'r',
  scope: 'profile balance',
};

test.each([
  ['no access token', { access_token: undefined }],
  ['an empty access token', { access_token: '' }],
  ['a numeric access token', { access_token: 1 }],
  ['an access token with a line break', { access_token: 'a\r\nb' }],
  ['an access token that is not ASCII', { access_token: 'café' }],
  ['an access token of 10 KB', { access_token: 'a'.repeat(10_240) }],
  ['the token type mac', { token_type: 'mac' }],
  ['a refresh token of 4 KB', { refresh_token: 'r'.repeat(4096) }],
  ['an access token of null', { access_token: null }],
  ['an error', { error: 'server_error' }],
])('a token response with %s is refused', async (_, change) => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  provider.tokenAnswers.push(() => json({ ...GOOD, ...change }));
  const response = await browser.post(PATHS.exchangeToken, {
    code: provider.authorize(authorizationUrl),
    state,
  });
  expect(errorOf(response)).toBe('502 provider_bad_response');
  expect(await browser.cookieNames()).toEqual([]);
});

test.each([
  ['plain text', () => HttpResponse.text('oops')],
  [
    'incomplete JSON',
    () => new HttpResponse('{"access_token":', { headers: { 'content-type': 'application/json' } }),
  ],
  ['HTML', () => HttpResponse.html('<h1>hello</h1>')],
  ['no content', () => new HttpResponse(null, { status: 200 })],
  ['no content and the status 204', () => new HttpResponse(null, { status: 204 })],
  ['a list', () => json([])],
  ['an envelope without tokens', () => json({ success: true, data: {} })],
  ['an envelope with a list', () => json({ success: true, data: [GOOD] })],
  ['more than 64 KiB', () => json({ ...GOOD, padding: 'x'.repeat(65 * 1024) })],
])('a token response of %s is refused', async (_, answer) => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  provider.tokenAnswers.push(answer);
  const response = await browser.post(PATHS.exchangeToken, {
    code: provider.authorize(authorizationUrl),
    state,
  });
  expect(errorOf(response)).toBe('502 provider_bad_response');
});

test.each([
  ['bearer in lower case', { token_type: 'bearer' }, { token_type: 'Bearer' }],
  ['no expires_in', { expires_in: undefined }, { expires_in: 3600 }],
  ['expires_in as a numeric string', { expires_in: '7200' }, { expires_in: 7200 }],
  ['an expires_in of years', { expires_in: 1e12 }, { expires_in: 86_400 }],
  ['no scope', { scope: undefined }, { scope: 'profile balance' }],
  ['a reduced scope', { scope: 'profile' }, { scope: 'profile' }],
  ['no token type', { token_type: undefined }, { token_type: 'Bearer' }],
  ['a token type of null', { token_type: null }, { token_type: 'Bearer' }],
  ['expires_in 0', { expires_in: 0 }, { expires_in: 3600 }],
  ['expires_in -1', { expires_in: -1 }, { expires_in: 3600 }],
  ['expires_in null', { expires_in: null }, { expires_in: 3600 }],
  ['an empty expires_in', { expires_in: '' }, { expires_in: 3600 }],
  ['expires_in as text', { expires_in: 'soon' }, { expires_in: 3600 }],
  ['expires_in "-1"', { expires_in: '-1' }, { expires_in: 3600 }],
  ['half a second of expires_in', { expires_in: 0.5 }, { expires_in: 3600 }],
  ['a list in expires_in', { expires_in: [7200] }, { expires_in: 3600 }],
  ['a scope of null', { scope: null }, { scope: 'profile balance' }],
  ['an empty scope', { scope: '' }, { scope: 'profile balance' }],
  ['a list of scopes', { scope: ['profile', 'balance'] }, { scope: 'profile balance' }],
  ['a scope that is a number', { scope: 1 }, { scope: 'profile balance' }],
  ['a scope of 2 KB', { scope: 'x'.repeat(2048) }, { scope: 'profile balance' }],
  ['an error of null', { error: null }, { access_token: 'good' }],
  ['an empty error', { error: '' }, { access_token: 'good' }],
  ['success: true beside the tokens', { success: true, message: '' }, { access_token: 'good' }],
  ['success: false beside the tokens', { success: false }, { access_token: 'good' }],
  [
    'unknown fields',
    { id_token: 'x.y.z', __proto__: { polluted: true }, extra: { a: 1 } },
    { access_token: 'good' },
  ],
])('a token response with %s is accepted', async (_, change, expected) => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  provider.tokenAnswers.push(() => json({ ...GOOD, ...change }));
  const response = await browser.post(PATHS.exchangeToken, {
    code: provider.authorize(authorizationUrl),
    state,
  });
  expect(tokensOf(response)).toMatchObject(expected);
});

test('a token response with an infinite expires_in is accepted', async () => {
  const { browser } = await startApi();
  provider.tokenAnswers.push(() => new HttpResponse('{"access_token":"a","expires_in":1e309}'));
  expect(await signIn(browser, provider)).toMatchObject({ access_token: 'a', expires_in: 3600 });
});

test.each([
  ['an envelope', { success: true, message: '', data: GOOD }],
  ['an envelope with null in it', { success: true, data: { ...GOOD, id_token: null } }],
])('a token response in %s is accepted', async (_, answer) => {
  const { browser } = await startApi();
  provider.tokenAnswers.push(() => json(answer));
  expect(await signIn(browser, provider)).toMatchObject({ access_token: 'good', expires_in: 7200 });
  await browser.post(PATHS.refreshToken);
  expect(provider.refreshRequests()[0]?.get('refresh_token')).toBe('r');
});

test.each([
  ['null', null],
  ['an empty text', ''],
  ['a number', 1],
  ['an object', {}],
  ['text that is not ASCII', 'café'],
])('with %s for a refresh token, the session lives as long as its access token', async (_, refresh_token) => {
  const { browser } = await startApi();
  provider.tokenAnswers.push(() => json({ ...GOOD, refresh_token }));
  const tokens = await signIn(browser, provider);
  expect(tokensOf(await browser.post(PATHS.session))).toEqual(tokens);
  moveClock(7201);
  expect(errorOf(await browser.post(PATHS.session))).toBe('401 no_session'); // Max-Age has passed.
});

test.each([
  { success: false, message: 'code has been used' },
  { success: false, message: 'code has been used', data: null },
  { success: false, data: { reason: 'used' } },
])('the code exchange counts the answer %j with status 200 as a refused code', async (answer) => {
  const { browser, log } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  provider.tokenAnswers.push(() => json(answer));
  const code = provider.authorize(authorizationUrl);
  const response = await browser.post(PATHS.exchangeToken, { code, state });
  expect(errorOf(response)).toBe('400 code_rejected');
  expect(response.json()).toMatchObject({ retryable: false });
  expect(response.body + log.join()).not.toContain('used');
});

test('the log names the fields of a token response that were ignored, without their values', async () => {
  const { browser, log } = await startApi();
  provider.tokenAnswers.push(() => json({ ...GOOD, expires_in: 'canary-1', refresh_token: ['canary-2'] }));
  await signIn(browser, provider);
  const lines = log.filter((line) => line.includes('provider_field_ignored'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, endpoint: 'token', fields: ['expires_in', 'refresh_token'] },
  ]);
  expect(log.join()).not.toContain('canary-');
});
