import * as oauth from 'oauth4webapi';
import { afterEach, expect, test, vi } from 'vitest';
import { createTestBrowser } from './test-browser.ts';
import {
  callApi,
  createTestApp,
  demoApp,
  readObject,
  signIn,
  startProvider,
  startSignedIn,
} from './test-app.ts';

const USERINFO = '/api/oauth2/userinfo';

afterEach(() => {
  vi.useRealTimers();
});

function advanceSeconds(seconds: number): void {
  const nowMs = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs + seconds * 1000 });
}

async function errorOf(response: Promise<Response>) {
  const answer = await response;
  return { status: answer.status, error: (await readObject(answer)).error };
}

const INVALID_GRANT = { status: 400, error: 'invalid_grant' };

test('a code is exchanged for opaque tokens, in exactly the documented fields', async () => {
  const { app, callback } = await startSignedIn();
  const response = await app.exchange(callback);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  const { access_token: accessToken, refresh_token: refreshToken, ...rest } = await readObject(response);
  expect(accessToken).toMatch(/^[\w-]{40,}$/);
  expect(refreshToken).toMatch(/^[\w-]{40,}$/);
  expect(rest).toEqual({ token_type: 'Bearer', expires_in: 7200, scope: 'profile balance' });
});

test('scope=openid brings no id_token: this is OAuth 2.0 alone', async () => {
  const { app, callback } = await startSignedIn({}, { scope: 'openid profile' });
  const answer = await (await app.exchange(callback)).json();
  expect(answer).toMatchObject({ scope: 'profile' });
  expect(answer).not.toHaveProperty('id_token');
});

test('the secret may come as HTTP Basic too', async () => {
  const { app, callback } = await startSignedIn();
  const response = await app.exchange(callback, { auth: oauth.ClientSecretBasic(demoApp.clientSecret) });
  expect(response.status).toBe(200);
});

test('a wrong secret is refused, and the code is still good for the right one', async () => {
  const { app, callback } = await startSignedIn();
  for (const auth of [oauth.ClientSecretPost('wrong'), oauth.ClientSecretBasic('wrong'), oauth.None()]) {
    expect(await errorOf(app.exchange(callback, { auth }))).toEqual({ status: 401, error: 'invalid_client' });
  }
  expect((await app.exchange(callback)).status).toBe(200);
});

test('a code is good once: used again it is refused, and ends the tokens it gave', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { accessToken, refreshToken } = await app.readTokens(app.exchange(callback));
  expect(await errorOf(app.exchange(callback))).toEqual(INVALID_GRANT);
  expect((await callApi(origin, USERINFO, accessToken)).status).toBe(401);
  expect(await errorOf(app.refresh(refreshToken))).toEqual(INVALID_GRANT);
});

test('a code ends after CODE_SECONDS', async () => {
  const { app, callback } = await startSignedIn({ codeSeconds: 5 });
  advanceSeconds(6);
  expect(await errorOf(app.exchange(callback))).toEqual(INVALID_GRANT);
});

test('PKCE is checked when it is used', async () => {
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const parameters = {
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  };
  const right = await startSignedIn({}, parameters);
  expect((await right.app.exchange(right.callback, { codeVerifier })).status).toBe(200);

  const wrong = await startSignedIn({}, parameters);
  const other = oauth.generateRandomCodeVerifier();
  expect(await errorOf(wrong.app.exchange(wrong.callback, { codeVerifier: other }))).toEqual(INVALID_GRANT);
  expect(await errorOf(wrong.app.exchange(wrong.callback))).toEqual(INVALID_GRANT);
});

test('a refresh rotates the refresh token; the old one, used again, ends the grant', async () => {
  const { origin, app, callback } = await startSignedIn();
  const first = await app.readTokens(app.exchange(callback));
  const second = await app.readTokens(app.refresh(first.refreshToken));
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(second.accessToken).not.toBe(first.accessToken);
  expect((await callApi(origin, USERINFO, second.accessToken)).status).toBe(200);

  expect(await errorOf(app.refresh(first.refreshToken))).toEqual(INVALID_GRANT);
  expect(await errorOf(app.refresh(second.refreshToken))).toEqual(INVALID_GRANT);
  expect((await callApi(origin, USERINFO, second.accessToken)).status).toBe(401);
});

test('the end of one sign-in leaves the same user’s other sign-ins alone', async () => {
  const { origin, app, browser, callback } = await startSignedIn();
  const first = await app.readTokens(app.exchange(callback));
  const again = await browser.open(app.authorizationUrl({ auto_authorize: 'true' }));
  const second = await app.readTokens(app.exchange(again.url));
  await app.revoke(first.refreshToken);
  expect((await callApi(origin, USERINFO, second.accessToken)).status).toBe(200);
  expect((await app.refresh(second.refreshToken)).status).toBe(200);
});

test('access and refresh tokens end when their time is up, to the second', async () => {
  const { origin, app, callback } = await startSignedIn({ accessTokenSeconds: 10, refreshTokenSeconds: 30 });
  const first = await app.readTokens(app.exchange(callback));
  advanceSeconds(8);
  expect((await callApi(origin, USERINFO, first.accessToken)).status).toBe(200);
  advanceSeconds(3);
  const expired = await callApi(origin, USERINFO, first.accessToken);
  expect(expired.status).toBe(401);
  expect(expired.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
  expect(await expired.json()).toEqual({ error: 'invalid_token' });

  const second = await app.readTokens(app.refresh(first.refreshToken));
  expect((await callApi(origin, USERINFO, second.accessToken)).status).toBe(200);
  advanceSeconds(31);
  expect(await errorOf(app.refresh(second.refreshToken))).toEqual(INVALID_GRANT);
});

test('refreshing goes on for longer than one refresh token lives', async () => {
  const { app, callback } = await startSignedIn({ refreshTokenSeconds: 100 });
  let { refreshToken } = await app.readTokens(app.exchange(callback));
  for (let round = 0; round < 4; round += 1) {
    advanceSeconds(90);
    ({ refreshToken } = await app.readTokens(app.refresh(refreshToken)));
    expect(refreshToken).not.toBe('');
  }
});

test('revoking an access token ends that token alone', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { accessToken, refreshToken } = await app.readTokens(app.exchange(callback));
  expect((await app.revoke(accessToken)).status).toBe(200);
  expect((await callApi(origin, USERINFO, accessToken)).status).toBe(401);
  expect((await app.refresh(refreshToken)).status).toBe(200);
});

test('revoking a refresh token ends the grant', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { accessToken, refreshToken } = await app.readTokens(app.exchange(callback));
  expect((await app.revoke(refreshToken)).status).toBe(200);
  expect((await callApi(origin, USERINFO, accessToken)).status).toBe(401);
  expect(await errorOf(app.refresh(refreshToken))).toEqual(INVALID_GRANT);
  expect((await app.revoke('unknown')).status).toBe(200);
});

test('userinfo answers what the documentation shows', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { accessToken } = await app.readTokens(app.exchange(callback));
  expect(await (await callApi(origin, USERINFO, accessToken)).json()).toEqual({
    id: 12345,
    username: 'user123',
    email: 'user@example.com',
    quota: 1_000_000,
    used_quota: 250_000,
    balance_formatted: '750.00',
    created_time: 1640995200,
    status: 1,
  });
});

test.for([
  ['profile', ['created_time', 'email', 'id', 'status', 'username']],
  ['balance', ['balance_formatted', 'created_time', 'id', 'quota', 'status', 'used_quota']],
  [undefined, ['created_time', 'email', 'id', 'status', 'username']],
] as const)('scope %s: userinfo has the fields it covers, and no others', async ([scope, fields]) => {
  const origin = await startProvider();
  const app = createTestApp(origin);
  const browser = createTestBrowser({ origin });
  const { url } = await signIn(browser, await browser.open(app.authorizationUrl({ scope })));
  const tokens = await app.readTokens(app.exchange(url));
  expect(tokens.scope).toBe(scope ?? 'profile');
  const userinfo = await readObject(callApi(origin, USERINFO, tokens.accessToken));
  expect(Object.keys(userinfo).toSorted()).toEqual(fields);
});

test.for([[undefined], ['wrong'], ['wrong token']])('bearer token %s: 401 invalid_token', async ([token]) => {
  const origin = await startProvider();
  for (const path of [USERINFO, '/api/oauth2/topup']) {
    const response = await callApi(origin, path, token);
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
    expect(await response.json()).toEqual({ error: 'invalid_token' });
  }
});

test('a refresh token is no access token', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { refreshToken } = await app.readTokens(app.exchange(callback));
  expect((await callApi(origin, USERINFO, refreshToken)).status).toBe(401);
});
