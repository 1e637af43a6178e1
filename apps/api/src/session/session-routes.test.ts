import { PATHS } from '@oneclick/shared/paths';
import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Browser,
  errorOf,
  SESSION_COOKIE,
  SESSION_HINT,
  setCookiesOf,
  tokensOf,
} from '../../test/support/browser.ts';
import { moveClock, stopClock } from '../../test/support/clock.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi, VALID_ENV, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { json, PROVIDER, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

beforeEach(stopClock);

/** A request with a copied cookie. It bypasses the cookie jar of the browser. */
const request = (url: string, cookie?: string) => ({
  method: 'POST' as const,
  url,
  headers: { origin: WEB_ORIGIN, 'x-csrf': '1', ...(cookie && { cookie }) },
});

/** Makes the provider answer the next refresh only after `release`. */
function delayNextRefresh() {
  const released = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  provider.tokenAnswers.push(async () => {
    arrived.resolve();
    await released.promise;
    return json({
      access_token: 'delayed',
      token_type: 'Bearer',
      expires_in: 7200,
      refresh_token: 'refresh-delayed',
    });
  });
  return { arrived: arrived.promise, release: released.resolve };
}

describe('session', () => {
  test('session answers with the sealed access token and its remaining life without asking the provider', async () => {
    const { browser } = await startApi();
    const signedIn = await signIn(browser, provider);
    moveClock(600);
    const response = await browser.post(PATHS.session);
    expect(tokensOf(response)).toEqual({ ...signedIn, expires_in: 6600 });
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(provider.refreshRequests()).toHaveLength(0);
  });

  test('session refreshes an access token that has less than five minutes left', async () => {
    const { browser, events } = await startApi();
    const signedIn = await signIn(browser, provider);
    moveClock(6899);
    expect(tokensOf(await browser.post(PATHS.session)).access_token).toBe(signedIn.access_token);
    moveClock(2);
    const refreshed = tokensOf(await browser.post(PATHS.session));
    expect(refreshed).toMatchObject({ expires_in: 7200, session_id: signedIn.session_id });
    expect(refreshed.access_token).not.toBe(signedIn.access_token);
    expect(events()).toContain('session_refreshed');
  });

  test.each([60, 120, 299, 1000])(
    'an access token that lives for %d seconds is refreshed when a fifth of its life is left, not at every request',
    async (expires_in) => {
      const { browser } = await startApi();
      provider.tokenAnswers.push(() =>
        json({ access_token: 'short', token_type: 'Bearer', expires_in, refresh_token: 'refresh-1' }),
      );
      await signIn(browser, provider);
      moveClock(0.8 * expires_in - 1);
      for (let visits = 0; visits < 3; visits += 1) {
        expect(tokensOf(await browser.post(PATHS.session)).access_token).toBe('short');
      }
      expect(provider.refreshRequests()).toHaveLength(0);
      moveClock(2);
      provider.tokenAnswers.push(() =>
        json({ access_token: 'next', token_type: 'Bearer', expires_in, refresh_token: 'refresh-2' }),
      );
      expect(tokensOf(await browser.post(PATHS.session)).access_token).toBe('next');
    },
  );

  test('session seals the cookie again after an hour, which moves its idle end', async () => {
    const { browser } = await startApi({ env: { SESSION_IDLE_SECONDS: '5000' } });
    await signIn(browser, provider);
    moveClock(3601);
    expect(setCookiesOf(await browser.post(PATHS.session))[0]).toMatch(/Max-Age=5000/);
    moveClock(3000); // Past the first idle end.
    tokensOf(await browser.post(PATHS.session));
  });

  test('with a short idle time, a user who reloads before its end stays signed in', async () => {
    const { browser } = await startApi({ env: { SESSION_IDLE_SECONDS: '900' } });
    await signIn(browser, provider);
    for (let visits = 0; visits < 3; visits += 1) {
      moveClock(600);
      tokensOf(await browser.post(PATHS.session));
    }
    expect(provider.refreshRequests()).toHaveLength(0);
  });

  test('without a session cookie, session and refresh-token answer no_session and set no cookie', async () => {
    const { browser } = await startApi();
    for (const path of [PATHS.session, PATHS.refreshToken]) {
      const response = await browser.post(path);
      expect(errorOf(response)).toBe('401 no_session');
      expect(response.headers['set-cookie']).toBeUndefined();
    }
  });

  test.each(['garbage', 'a.b.c.d.e', 'x'.repeat(5000)])(
    'an unreadable session cookie is cleared',
    async (value) => {
      const { app } = await startApi();
      const response = await app.inject(request(PATHS.session, `${SESSION_COOKIE}=${value}`));
      expect(errorOf(response)).toBe('401 session_invalid');
      expect(setCookiesOf(response)[0]).toMatch(new RegExp(`^${SESSION_COOKIE}=; Max-Age=0`));
    },
  );

  test('a planted cookie in front of the session cookie signs no one in', async () => {
    const { app, browser } = await startApi();
    await signIn(browser, provider);
    const cookie = `${SESSION_COOKIE}=planted; ${await browser.sessionCookie()}`;
    expect(errorOf(await app.inject(request(PATHS.session, cookie)))).toBe('401 session_invalid');
  });

  test('a transaction cookie does not open as a session, and a session cookie not as a transaction', async () => {
    const { app, browser } = await startApi();
    const { state } = await browser.start();
    const [transaction] = await browser.jar.getCookies(WEB_ORIGIN, { sameSiteContext: 'strict' });
    await signIn(browser, provider);
    const session = await browser.cookie(SESSION_COOKIE);
    expect(errorOf(await app.inject(request(PATHS.session, `${SESSION_COOKIE}=${transaction?.value}`)))).toBe(
      '401 session_invalid',
    );
    const swapped = request(PATHS.exchangeToken, `${transaction?.key}=${session?.value}`);
    expect(errorOf(await app.inject({ ...swapped, body: { code: 'c', state } }))).toBe(
      '400 transaction_invalid',
    );
  });

  test('changing SESSION_KEYS from [k1] to [k2,k1] and then to [k2] signs no one out', async () => {
    const [k1, k2] = [VALID_ENV.SESSION_KEYS, `k2:${Buffer.alloc(32, 2).toString('base64url')}`];
    const first = await startApi();
    await signIn(first.browser, provider);
    const oldCookie = await first.browser.sessionCookie();

    const both = await startApi({ env: { SESSION_KEYS: `${k2},${k1}` } });
    const refreshed = await both.app.inject(request(PATHS.refreshToken, oldCookie));
    tokensOf(refreshed);
    const newCookie = refreshed.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

    const last = await startApi({ env: { SESSION_KEYS: k2 } });
    tokensOf(await last.app.inject(request(PATHS.session, newCookie)));
    // The key may belong to a newer deployment. The cookie is kept for the next request.
    const unknown = await last.app.inject(request(PATHS.session, oldCookie));
    expect(errorOf(unknown)).toBe('401 session_invalid');
    expect(unknown.headers['set-cookie']).toBeUndefined();
  });

  test('a cookie sealed with another key under the same key id is cleared', async () => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    const other = await startApi({
      env: { SESSION_KEYS: `k1:${Buffer.alloc(32, 9).toString('base64url')}` },
    });
    const response = await other.app.inject(request(PATHS.session, await browser.sessionCookie()));
    expect(errorOf(response)).toBe('401 session_invalid');
    expect(setCookiesOf(response)[0]).toMatch(/Max-Age=0/);
  });

  test.each([
    ['idle', { SESSION_IDLE_SECONDS: '100', SESSION_MAX_SECONDS: '1000' }, 101],
    ['absolute', { SESSION_IDLE_SECONDS: '1000', SESSION_MAX_SECONDS: '1000' }, 1001],
  ])('a session cookie that the browser keeps past its %s end is refused', async (_, env, seconds) => {
    const { app, browser, events } = await startApi({ env });
    await signIn(browser, provider);
    const cookie = await browser.sessionCookie();
    moveClock(seconds);
    for (const path of [PATHS.session, PATHS.refreshToken]) {
      const response = await app.inject(request(path, cookie));
      expect(errorOf(response)).toBe('401 session_expired');
      expect(setCookiesOf(response)[0]).toMatch(/Max-Age=0/);
    }
    expect(provider.refreshRequests()).toHaveLength(0);
    expect(events()).toContain('session_ended');
  });

  test('a refresh does not move the absolute end of a session, and Max-Age shrinks towards it', async () => {
    const { browser } = await startApi({ env: { SESSION_IDLE_SECONDS: '800', SESSION_MAX_SECONDS: '1000' } });
    await signIn(browser, provider);
    moveClock(700);
    expect(setCookiesOf(await browser.post(PATHS.refreshToken))[0]).toMatch(/Max-Age=300;/);
    moveClock(301);
    expect(errorOf(await browser.post(PATHS.refreshToken))).toBe('401 no_session'); // The cookie jar has dropped the expired cookie.
  });

  test('a session without a refresh token ends with its access token', async () => {
    const { app, browser } = await startApi();
    provider.tokenAnswers.push(() => json({ access_token: 'only', token_type: 'Bearer', expires_in: 1000 }));
    await signIn(browser, provider);
    const cookie = await browser.sessionCookie();
    moveClock(900);
    expect(tokensOf(await browser.post(PATHS.session))).toMatchObject({
      access_token: 'only',
      expires_in: 100,
    });
    moveClock(101);
    expect(errorOf(await app.inject(request(PATHS.session, cookie)))).toBe('401 session_expired');
    expect(provider.refreshRequests()).toHaveLength(0);
  });

  test('refresh-token does not end a session that has no refresh token', async () => {
    const { browser, events } = await startApi();
    provider.tokenAnswers.push(() => json({ access_token: 'only', token_type: 'Bearer', expires_in: 1000 }));
    const signedIn = await signIn(browser, provider);
    for (const seconds of [0, 990]) {
      moveClock(seconds);
      const response = await browser.post(PATHS.refreshToken);
      expect(errorOf(response)).toBe('401 session_refused');
      expect(response.json()).toMatchObject({ retryable: false });
      expect(response.headers['set-cookie']).toBeUndefined();
      const tokens = tokensOf(await browser.post(PATHS.session));
      expect(tokens).toEqual({ ...signedIn, expires_in: 1000 - seconds });
    }
    expect(events()).not.toContain('session_ended');
    moveClock(11);
    expect(errorOf(await browser.post(PATHS.refreshToken))).toBe('401 no_session'); // The cookie jar has dropped the cookie.
    expect(provider.refreshRequests()).toHaveLength(0);
  });

  test('a sign-out ends a session that has no refresh token', async () => {
    const { app, browser } = await startApi();
    provider.tokenAnswers.push(() => json({ access_token: 'only', token_type: 'Bearer', expires_in: 1000 }));
    await signIn(browser, provider);
    const cookie = await browser.sessionCookie();
    await browser.post(PATHS.logout);
    expect(errorOf(await app.inject(request(PATHS.refreshToken, cookie)))).toBe('401 session_invalid');
  });

  test('an access token that does not fit into the cookie is left out, and the next reload refreshes it', async () => {
    const { browser } = await startApi();
    const long = {
      access_token: 'a'.repeat(3500),
      token_type: 'Bearer',
      expires_in: 7200,
      refresh_token: 'refresh-1',
    };
    provider.tokenAnswers.push(
      () => json(long),
      () => json({ ...long, access_token: 'b' }),
    );
    expect((await signIn(browser, provider)).access_token).toHaveLength(3500);
    expect(tokensOf(await browser.post(PATHS.session)).access_token).toBe('b');
  });
});

describe('refresh-token', () => {
  test('refresh-token refreshes at once and rotates the refresh token', async () => {
    const { browser } = await startApi();
    const signedIn = await signIn(browser, provider);
    const first = tokensOf(await browser.post(PATHS.refreshToken));
    const second = tokensOf(await browser.post(PATHS.refreshToken));
    expect(new Set([signedIn, first, second].map(({ access_token }) => access_token)).size).toBe(3);
    const [one, two] = provider.refreshRequests();
    expect(Object.fromEntries(one ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: expect.stringMatching(/^refresh-/),
      client_id: 'client_1',
      client_secret: VALID_ENV.OAUTH_CLIENT_SECRET,
    });
    expect(two?.get('refresh_token')).not.toBe(one?.get('refresh_token'));
  });

  test('refresh-token keeps the old refresh token if the provider issues no new one', async () => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    for (const access_token of ['a1', 'a2']) {
      provider.tokenAnswers.push(() => json({ access_token, token_type: 'Bearer', expires_in: 7200 }));
      expect(tokensOf(await browser.post(PATHS.refreshToken)).access_token).toBe(access_token);
    }
    const [one, two] = provider.refreshRequests();
    expect(two?.get('refresh_token')).toBe(one?.get('refresh_token'));
  });

  test.each([
    ['expires_in', -1],
    ['expires_in', 'never'],
    ['refresh_token', null],
    ['refresh_token', ''],
    ['refresh_token', 5],
    ['scope', ['profile', 'balance']],
    ['scope', { profile: true }],
    ['token_type', null],
    ['id_token', 7],
  ])('refresh-token keeps the new tokens of an answer in which %s is %j', async (name, value) => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    provider.tokenAnswers.push(() =>
      json({ access_token: 'new', token_type: 'Bearer', refresh_token: 'refresh-new', [name]: value }),
    );
    const refreshed = tokensOf(await browser.post(PATHS.refreshToken));
    expect(refreshed).toMatchObject({ access_token: 'new', scope: 'profile balance', expires_in: 3600 });
    await browser.post(PATHS.refreshToken);
    const [first, second] = provider.refreshRequests().map((form) => form.get('refresh_token'));
    expect(second).toBe(name === 'refresh_token' ? first : 'refresh-new');
  });

  test.each([
    { success: false, message: 'expired' },
    { success: false, message: 'expired', data: null },
  ])(
    'refresh-token counts the answer %j with status 200 as a refusal that keeps the cookie',
    async (answer) => {
      const { browser } = await startApi();
      await signIn(browser, provider);
      provider.tokenAnswers.push(() => json(answer));
      const response = await browser.post(PATHS.refreshToken);
      expect(errorOf(response)).toBe('401 session_refused');
      expect(response.headers['set-cookie']).toBeUndefined();
      tokensOf(await browser.post(PATHS.refreshToken)); // It was a slip of the provider's.
    },
  );

  test('refresh-token reads an answer in an envelope', async () => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    const data = { access_token: 'new', token_type: 'Bearer', expires_in: 7200 };
    provider.tokenAnswers.push(() => json({ success: true, message: '', data }));
    expect(tokensOf(await browser.post(PATHS.refreshToken)).access_token).toBe('new');
  });

  test('twenty concurrent refreshes cause one request to the provider and get the same access token', async () => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    const responses = await Promise.all(Array.from({ length: 20 }, () => browser.post(PATHS.refreshToken)));
    expect(new Set(responses.map((response) => tokensOf(response).access_token)).size).toBe(1);
    expect(responses.every(({ headers }) => headers['set-cookie'] !== undefined)).toBe(true);
    expect(provider.refreshRequests()).toHaveLength(1);
  });

  test('twenty concurrent refreshes that fail cause one request to the provider and sign no one out', async () => {
    const { app, browser } = await startApi();
    await signIn(browser, provider);
    const { promise: failure, resolve: fail } = Promise.withResolvers<Response>();
    provider.tokenAnswers.push(() => failure);
    const refreshing = vi.spyOn(app, 'finishBeforeClose');
    const answers = Promise.all(Array.from({ length: 20 }, () => browser.post(PATHS.refreshToken)));
    // A refresh that starts after the failure asks the provider again. So wait until all twenty have started.
    await vi.waitFor(() => expect(refreshing).toHaveBeenCalledTimes(20));
    fail(json({}, 500));
    const responses = await answers;
    expect(new Set(responses.map(errorOf))).toEqual(new Set(['503 provider_unavailable']));
    expect(provider.refreshRequests()).toHaveLength(1);
    tokensOf(await browser.post(PATHS.refreshToken));
  });

  test.each([PATHS.refreshToken, PATHS.session])(
    'within 30 seconds, an old cookie gets the latest tokens and the latest cookie from %s',
    async (path) => {
      const { app, browser } = await startApi();
      await signIn(browser, provider);
      const oldCookie = await browser.sessionCookie();
      tokensOf(await browser.post(PATHS.refreshToken));
      const latest = tokensOf(await browser.post(PATHS.refreshToken));
      moveClock(10);
      const response = await app.inject(request(path, oldCookie));
      expect(tokensOf(response)).toEqual({ ...latest, expires_in: 7190 });
      expect(setCookiesOf(response)[0]).toMatch(new RegExp(`^${SESSION_COOKIE}=ey`));
      expect(provider.refreshRequests()).toHaveLength(2);
    },
  );

  test('after 30 seconds, a refresh with an old cookie asks the provider again', async () => {
    const { app, browser } = await startApi();
    await signIn(browser, provider);
    const oldCookie = await browser.sessionCookie();
    tokensOf(await browser.post(PATHS.refreshToken));
    moveClock(31);
    expect(errorOf(await app.inject(request(PATHS.refreshToken, oldCookie)))).toBe('401 session_expired');
    expect(provider.refreshRequests()).toHaveLength(2);
  });

  test('a refresh continues when its client disconnects, and the next request gets its result', async () => {
    const { app, browser } = await startApi();
    await signIn(browser, provider);
    const cookie = await browser.sessionCookie();
    const { arrived, release } = delayNextRefresh();
    const leaving = new AbortController();
    const gone = app.inject({ ...request(PATHS.refreshToken, cookie), signal: leaving.signal });
    await arrived;
    leaving.abort();
    await expect(gone).rejects.toThrow(/abort/i);
    release();
    expect(tokensOf(await app.inject(request(PATHS.refreshToken, cookie))).access_token).toBe('delayed');
    expect(provider.refreshRequests()).toHaveLength(1);
  });

  test('a refresh that the provider answers with invalid_grant ends the session', async () => {
    const { browser, events } = await startApi();
    await signIn(browser, provider);
    provider.tokenAnswers.push(() => json({ error: 'invalid_grant' }, 400, { 'www-authenticate': 'Bearer' }));
    expect(errorOf(await browser.post(PATHS.refreshToken))).toBe('401 session_expired');
    expect(await browser.cookieNames()).toEqual([]);
    expect(events()).toContain('session_ended');
  });

  test.each([
    ['an empty 400', () => new HttpResponse(null, { status: 400 }), '401 session_refused'],
    ['invalid_request', () => json({ error: 'invalid_request' }, 400), '401 session_refused'],
    ['401 in plain text', () => HttpResponse.text('no', { status: 401 }), '401 session_refused'],
    ['invalid_client', () => json({ error: 'invalid_client' }, 401), '502 provider_misconfigured'],
    ['unauthorized_client', () => json({ error: 'unauthorized_client' }, 400), '502 provider_misconfigured'],
    [
      '400 in HTML',
      () => HttpResponse.html('<p>invalid_grant</p>', { status: 400 }),
      '503 provider_unavailable',
    ],
    ['403 in HTML', () => HttpResponse.html('<p>no</p>', { status: 403 }), '503 provider_unavailable'],
    ['500', () => json({ error: 'invalid_grant' }, 500), '503 provider_unavailable'],
    ['502', () => HttpResponse.html('<p>bad gateway</p>', { status: 502 }), '503 provider_unavailable'],
    ['429', () => json({}, 429), '503 provider_unavailable'],
    ['a broken connection', () => HttpResponse.error(), '503 provider_unavailable'],
    ['a redirect', () => HttpResponse.redirect('https://evil.example', 307), '502 provider_bad_response'],
    ['404', () => json({}, 404), '502 provider_bad_response'],
    ['HTML with 200', () => HttpResponse.html('<p>hello</p>'), '502 provider_bad_response'],
    ['a BOM and no tokens', () => HttpResponse.text('\uFEFF{}'), '502 provider_bad_response'],
  ])('a refresh that the provider answers with %s keeps the session', async (_, answer, expected) => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    provider.tokenAnswers.push(answer);
    const response = await browser.post(PATHS.refreshToken);
    expect(errorOf(response)).toBe(expected);
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(response.headers['retry-after'] !== undefined).toBe(expected.startsWith('503'));
    tokensOf(await browser.post(PATHS.refreshToken));
  });

  test.each([
    ['missing', undefined, '5'],
    ['within the limits', '17', '17'],
    ['huge', '99999999', '60'],
    ['negative', '-5', '1'],
    ['nonsense', 'soon', '5'],
    ['a date', 'Fri, 01 Jan 2100 00:00:00 GMT', '60'],
    ['a date in the past', 'Fri, 01 Jan 2010 00:00:00 GMT', '1'],
  ])(
    'refresh-token limits the Retry-After of the provider to between 1 and 60 seconds: %s',
    async (_, given, expected) => {
      const { browser } = await startApi();
      await signIn(browser, provider);
      provider.tokenAnswers.push(() => json({}, 503, given === undefined ? {} : { 'retry-after': given }));
      expect((await browser.post(PATHS.refreshToken)).headers['retry-after']).toBe(expected);
    },
  );

  test('a refresh that the provider does not answer keeps the session', async () => {
    const { browser } = await startApi({ timeoutMs: 50 });
    await signIn(browser, provider);
    const { release } = delayNextRefresh();
    const response = await browser.post(PATHS.refreshToken);
    expect(errorOf(response)).toBe('504 provider_timeout');
    expect(response.headers['set-cookie']).toBeUndefined();
    release();
  });

  test('refresh-token refuses a body with a refresh token', async () => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    expect(errorOf(await browser.post(PATHS.refreshToken, { refresh_token: 'x' }))).toBe(
      '400 invalid_request',
    );
  });
});

const hasHint = async ({ cookieNames }: Browser) => (await cookieNames()).includes(SESSION_HINT);

describe('the hint for the page', () => {
  test('the hint lives as long as the session cookie, and a script can read it', async () => {
    const { browser } = await startApi({ env: { SESSION_IDLE_SECONDS: '5000' } });
    await signIn(browser, provider);
    moveClock(4000);
    const [session, hint] = setCookiesOf(await browser.post(PATHS.session));
    expect(session).toMatch(/; Max-Age=5000; .*; HttpOnly/);
    expect(hint).toBe(`${SESSION_HINT}=1; Max-Age=5000; Path=/; Secure; SameSite=Strict`);
  });

  test('the hint goes with the session cookie at a sign-out and at the end of a session', async () => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    expect(await hasHint(browser)).toBe(true);
    await browser.post(PATHS.logout);
    expect(await hasHint(browser)).toBe(false);

    await signIn(browser, provider);
    provider.tokenAnswers.push(() => json({ error: 'invalid_grant' }, 400));
    expect(errorOf(await browser.post(PATHS.refreshToken))).toBe('401 session_expired');
    expect(await hasHint(browser)).toBe(false);
  });

  test('a refusal that keeps the session cookie keeps the hint', async () => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    provider.tokenAnswers.push(() => json({ error: 'invalid_request' }, 400));
    expect(errorOf(await browser.post(PATHS.refreshToken))).toBe('401 session_refused');
    expect(await browser.cookieNames()).toEqual([SESSION_COOKIE, SESSION_HINT]);
  });

  test('a hint without a session cookie is cleared, so that the next page load asks nothing', async () => {
    const { app } = await startApi();
    const response = await app.inject(request(PATHS.session, `${SESSION_HINT}=1`));
    expect(errorOf(response)).toBe('401 no_session');
    expect(setCookiesOf(response)).toEqual([expect.stringMatching(`^${SESSION_HINT}=; Max-Age=0`)]);
  });
});

describe('logout', () => {
  test('logout clears all cookies and sets the signed-out cookie', async () => {
    const { browser, events } = await startApi();
    await signIn(browser, provider);
    await browser.start();
    const response = await browser.post(PATHS.logout);
    expect(response.statusCode).toBe(204);
    expect(response.body).toBe('');
    expect(await browser.cookieNames()).toEqual(['__Host-Http-signed-out']);
    expect(events().at(-1)).toBe('signed_out');
  });

  test('logout succeeds twice, without a cookie, and with an unreadable cookie', async () => {
    const { app, browser } = await startApi();
    for (let i = 0; i < 2; i += 1) expect((await browser.post(PATHS.logout)).statusCode).toBe(204);
    expect((await app.inject(request(PATHS.logout, `${SESSION_COOKIE}=garbage`))).statusCode).toBe(204);
  });

  test('a copied session cookie is refused after logout', async () => {
    const { app, browser } = await startApi();
    await signIn(browser, provider);
    const kept = await browser.sessionCookie();
    await browser.post(PATHS.logout);
    for (const path of [PATHS.session, PATHS.refreshToken]) {
      expect(errorOf(await app.inject(request(path, kept)))).toBe('401 session_invalid');
    }
    expect(provider.refreshRequests()).toHaveLength(0);
  });

  test('a refresh that finishes after logout does not sign in again', async () => {
    const { app, browser } = await startApi();
    await signIn(browser, provider);
    const { arrived, release } = delayNextRefresh();
    const refreshing = app.inject(request(PATHS.refreshToken, await browser.sessionCookie()));
    await arrived;
    await browser.post(PATHS.logout);
    release();
    const response = await refreshing;
    expect(errorOf(response)).toBe('401 session_invalid');
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  test('a refresh that finishes after another user has signed in does not replace the cookie of that user', async () => {
    const { app, browser } = await startApi();
    await signIn(browser, provider);
    const { authorizationUrl, state } = await browser.start();
    const { arrived, release } = delayNextRefresh();
    const refreshing = app.inject(request(PATHS.refreshToken, await browser.sessionCookie()));
    await arrived;
    const second = tokensOf(
      await browser.post(PATHS.exchangeToken, { code: provider.authorize(authorizationUrl), state }),
    );
    release();
    expect((await refreshing).headers['set-cookie']).toBeUndefined();
    expect(tokensOf(await browser.post(PATHS.session)).session_id).toBe(second.session_id);
  });

  test('logout revokes the refresh token at OAUTH_REVOCATION_ENDPOINT', async () => {
    const revoked: Record<string, string>[] = [];
    const revoke = `${PROVIDER}/revoke`;
    provider.server.use(
      http.post(revoke, async (info) => {
        revoked.push(Object.fromEntries(new URLSearchParams(await info.request.text())));
        return new HttpResponse(null, { status: 200 });
      }),
    );
    const { browser } = await startApi({ env: { OAUTH_REVOCATION_ENDPOINT: revoke } });
    await signIn(browser, provider);
    expect((await browser.post(PATHS.logout)).statusCode).toBe(204);
    expect(revoked).toEqual([
      {
        token: expect.stringMatching(/^refresh-/),
        client_id: 'client_1',
        client_secret: VALID_ENV.OAUTH_CLIENT_SECRET,
      },
    ]);
  });

  test('logout succeeds while the provider is down', async () => {
    const revoke = `${PROVIDER}/revoke`;
    provider.server.use(http.post(revoke, () => HttpResponse.error()));
    const { browser } = await startApi({ env: { OAUTH_REVOCATION_ENDPOINT: revoke } });
    await signIn(browser, provider);
    expect((await browser.post(PATHS.logout)).statusCode).toBe(204);
    expect(await browser.cookieNames()).toEqual(['__Host-Http-signed-out']);
  });
});
