import { PATHS } from '@oneclick/shared/paths';
import { HttpResponse } from 'msw';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { CLIENT_SECRET, startApi, VALID_ENV, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { json, PROVIDER, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();
afterEach(() => void vi.useRealTimers());

const SESSION = '__Host-Http-session';
const later = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
// The clock stands still, or a second might end in the middle of a test.
beforeEach(() => void later(0));

test('start sends the user to the provider with state, PKCE and nothing secret', async () => {
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

test('no two attempts share a state or a challenge', async () => {
  const { newBrowser } = await startApi();
  const urls = await Promise.all(
    Array.from({ length: 200 }, async () => (await newBrowser().start()).authorizationUrl),
  );
  const values = urls.flatMap((url) =>
    ['state', 'code_challenge'].map((name) => new URL(url).searchParams.get(name)),
  );
  expect(new Set(values).size).toBe(400);
});

test('what the request says about hosts changes nothing', async () => {
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

test('a scope with special characters is one value and adds no parameter', async () => {
  const { browser } = await startApi({ env: { OAUTH_SCOPE: 'a&client_id=evil b+c' } });
  const { searchParams } = new URL((await browser.start()).authorizationUrl);
  expect(searchParams.get('scope')).toBe('a&client_id=evil b+c');
  expect(searchParams.getAll('client_id')).toEqual(['client_1']);
});

test('a sign-in ends with a token answer, a session cookie and no transaction', async () => {
  const { browser, events } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  const code = provider.authorize(authorizationUrl);
  const response = await browser.post(PATHS.exchangeToken, { code, state });

  const tokens = tokensOf(response);
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 7200, scope: 'profile balance' });
  expect(await browser.cookieNames()).toEqual([SESSION]);
  expect(response.payload + JSON.stringify(response.headers)).not.toMatch(/refresh-/);
  expect(events()).toEqual(['sign_in_started', 'sign_in_completed']);

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

test('client_secret_basic moves the credentials into the header', async () => {
  const { browser } = await startApi({
    env: { OAUTH_CLIENT_AUTH: 'client_secret_basic', OAUTH_CLIENT_SECRET: 'a-b_c:d %' },
  });
  await signIn(browser, provider);
  expect(provider.tokenRequests[0]?.has('client_secret')).toBe(false);
  // RFC 6749 §2.3.1: both are form-encoded first.
  expect(provider.tokenHeaders[0]?.get('authorization')).toBe(`Basic ${btoa('client_1:a-b_c%3Ad+%25')}`);
});

test('a second sign-in is another session, and the first cookie no longer opens', async () => {
  const { app, browser } = await startApi();
  const first = await signIn(browser, provider);
  const cookie = `${SESSION}=${(await browser.cookie(SESSION))?.value}`;
  const second = await signIn(browser, provider);
  expect(second.session_id).not.toBe(first.session_id);

  const headers = { cookie, origin: WEB_ORIGIN, 'x-csrf': '1' };
  expect(errorOf(await app.inject({ method: 'POST', url: PATHS.session, headers }))).toBe(
    '401 session_invalid',
  );
  expect(tokensOf(await browser.post(PATHS.session)).session_id).toBe(second.session_id);
});

test('two tabs that sign in at once both finish, in any order', async () => {
  const { browser } = await startApi();
  const [a, b] = [await browser.start(), await browser.start()];
  for (const { authorizationUrl, state } of [b, a]) {
    const code = provider.authorize(authorizationUrl);
    expect((await browser.post(PATHS.exchangeToken, { code, state })).statusCode).toBe(200);
  }
});

test("another browser's state finds no transaction, and the provider is not asked", async () => {
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
  // And the browser's own attempt is as good as before.
  tokensOf(
    await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(mine.authorizationUrl),
      state: mine.state,
    }),
  );
});

test("a transaction under another attempt's name is invalid and cleared", async () => {
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

test("somebody else's code in one's own attempt fails PKCE", async () => {
  const { browser, newBrowser } = await startApi();
  const stolen = provider.authorize((await newBrowser().start()).authorizationUrl);
  const { state } = await browser.start();
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code: stolen, state }))).toBe('400 code_rejected');
  expect(await browser.cookieNames()).toEqual([]);
});

test('eleven minutes are too long', async () => {
  const { app, browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' }); // Kept by a browser whose clock stands still.
  later(660);
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

test('a transaction from the future is invalid', async () => {
  const { browser } = await startApi();
  later(300);
  const { state } = await browser.start();
  later(-300);
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code: 'c', state }))).toBe(
    '400 transaction_invalid',
  );
});

test.each(['header', 'encrypted key', 'nonce', 'ciphertext', 'tag'])(
  'a transaction with a changed %s is invalid',
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

test('the user who says no is told so, and the attempt is over', async () => {
  const { browser, events } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  expect(errorOf(await browser.post(PATHS.exchangeToken, { error: 'access_denied', state }))).toBe(
    '400 authorization_denied',
  );
  const code = provider.authorize(authorizationUrl);
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code, state }))).toBe('400 transaction_not_found');
  expect(events()).toEqual(['sign_in_started', 'sign_in_denied', 'sign_in_failed']);
});

test('any other error of the provider is one code', async () => {
  const { browser } = await startApi();
  const { state } = await browser.start();
  expect(errorOf(await browser.post(PATHS.exchangeToken, { error: 'weird_error', state }))).toBe(
    '400 authorization_failed',
  );
});

test('an error without a transaction is a missing transaction: state comes first', async () => {
  const { browser } = await startApi();
  const response = await browser.post(PATHS.exchangeToken, { error: 'access_denied', state: 'a'.repeat(43) });
  expect(errorOf(response)).toBe('400 transaction_not_found');
});

test('a code works once: of two parallel exchanges one wins', async () => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  const body = { code: provider.authorize(authorizationUrl), state };
  const responses = await Promise.all([
    browser.post(PATHS.exchangeToken, body),
    browser.post(PATHS.exchangeToken, body),
  ]);
  expect(responses.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 400]);
});

test('fifty starts leave five transactions: the last works, the first is gone', async () => {
  const { browser } = await startApi();
  const attempts = [];
  for (let i = 0; i < 50; i += 1) {
    later(1); // Later each time, so that there is an oldest.
    attempts.push(await browser.start());
  }
  expect(await browser.cookieNames()).toHaveLength(5);
  const [first, last] = [attempts[0], attempts.at(-1)];
  if (!first || !last) throw new Error('fifty attempts expected');
  expect(errorOf(await browser.post(PATHS.exchangeToken, { code: 'c', state: first.state }))).toBe(
    '400 transaction_not_found',
  );
  tokensOf(
    await browser.post(PATHS.exchangeToken, {
      code: provider.authorize(last.authorizationUrl),
      state: last.state,
    }),
  );
});

test('an attempt begun under the old key finishes under the new one, and not once that is gone', async () => {
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

test('after signing out, the provider is to ask which account, until somebody has signed in', async () => {
  const { browser } = await startApi();
  const isAutomatic = async () => (await browser.start()).authorizationUrl.includes('auto_authorize');
  await signIn(browser, provider);
  expect(await isAutomatic()).toBe(true);
  await browser.post(PATHS.logout);
  expect(await isAutomatic()).toBe(false);
  await signIn(browser, provider);
  expect(await isAutomatic()).toBe(true);
});

test('auto_authorize can be switched off', async () => {
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
  ['a missing endpoint', () => json({}, 404), '502 provider_bad_response'],
  ['a firewall', () => HttpResponse.html('<h1>no</h1>', { status: 403 }), '503 provider_unavailable'],
])('the provider answers %s', async (_, answer, expected) => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  provider.tokenAnswers.push(answer);
  const response = await browser.post(PATHS.exchangeToken, {
    code: provider.authorize(authorizationUrl),
    state,
  });
  expect(errorOf(response)).toBe(expected);
  expect(await browser.cookieNames()).toEqual([]);
});

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
  ['no token type', { token_type: undefined }],
  ['another token type', { token_type: 'mac' }],
  ['expires_in 0', { expires_in: 0 }],
  ['expires_in -1', { expires_in: -1 }],
  ['expires_in null', { expires_in: null }],
  ['expires_in as text', { expires_in: 'soon' }],
  ['an empty refresh token', { refresh_token: '' }],
  ['a refresh token of null', { refresh_token: null }],
  ['a refresh token of 4 KB', { refresh_token: 'r'.repeat(4096) }],
  ['a scope that is a list', { scope: ['profile'] }],
  ['an error inside a 200', { error: 'server_error' }],
])('200 with %s is of no use', async (_, change) => {
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
  ['no JSON', () => HttpResponse.text('oops')],
  [
    'half of it',
    () => new HttpResponse('{"access_token":', { headers: { 'content-type': 'application/json' } }),
  ],
  ['HTML', () => HttpResponse.html('<h1>hello</h1>')],
  ['nothing', () => new HttpResponse(null, { status: 200 })],
  ['204', () => new HttpResponse(null, { status: 204 })],
  ['a list', () => json([])],
  [
    'Infinity',
    () =>
      new HttpResponse('{"access_token":"a","token_type":"Bearer","expires_in":1e309}', {
        headers: { 'content-type': 'application/json' },
      }),
  ],
  ['65 KB', () => json({ ...GOOD, padding: 'x'.repeat(65 * 1024) })],
])('a body of %s is of no use', async (_, answer) => {
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
  ['a life of years', { expires_in: 1e12 }, { expires_in: 86_400 }],
  ['no scope', { scope: undefined }, { scope: 'profile balance' }],
  ['a reduced scope', { scope: 'profile' }, { scope: 'profile' }],
  [
    'things nobody asked for',
    { id_token: 'x.y.z', __proto__: { polluted: true }, extra: { a: 1 } },
    { access_token: 'good' },
  ],
])('%s is lived with', async (_, change, expected) => {
  const { browser } = await startApi();
  const { authorizationUrl, state } = await browser.start();
  provider.tokenAnswers.push(() => json({ ...GOOD, ...change }));
  const response = await browser.post(PATHS.exchangeToken, {
    code: provider.authorize(authorizationUrl),
    state,
  });
  expect(tokensOf(response)).toMatchObject(expected);
});
