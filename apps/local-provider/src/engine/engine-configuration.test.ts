import * as oauth from 'oauth4webapi';
import { afterEach, expect, test, vi } from 'vitest';
import { callApi, demoApp, readObject, startSignedIn } from '../../test/test-app.ts';

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

test('the token response has exactly the documented fields, and the tokens are opaque', async () => {
  const { app, callback } = await startSignedIn();
  const response = await app.exchange(callback);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  const { access_token: accessToken, refresh_token: refreshToken, ...rest } = await readObject(response);
  expect(accessToken).toMatch(/^[\w-]{40,}$/);
  expect(refreshToken).toMatch(/^[\w-]{40,}$/);
  expect(rest).toEqual({ token_type: 'Bearer', expires_in: 7200, scope: 'profile balance' });
});

test('the scope openid is ignored and yields no id_token', async () => {
  const { app, callback } = await startSignedIn({}, { scope: 'openid profile' });
  const answer = await (await app.exchange(callback)).json();
  expect(answer).toMatchObject({ scope: 'profile' });
  expect(answer).not.toHaveProperty('id_token');
});

test('the token endpoint accepts the client secret as HTTP Basic', async () => {
  const { app, callback } = await startSignedIn();
  const response = await app.exchange(callback, { auth: oauth.ClientSecretBasic(demoApp.clientSecret) });
  expect(response.status).toBe(200);
});

test('a wrong client secret is refused and does not use up the code', async () => {
  const { app, callback } = await startSignedIn();
  for (const auth of [oauth.ClientSecretPost('wrong'), oauth.ClientSecretBasic('wrong'), oauth.None()]) {
    expect(await errorOf(app.exchange(callback, { auth }))).toEqual({ status: 401, error: 'invalid_client' });
  }
  expect((await app.exchange(callback)).status).toBe(200);
});

test('a second use of a code is refused and revokes the tokens of the first use', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { accessToken, refreshToken } = await app.readTokens(app.exchange(callback));
  expect(await errorOf(app.exchange(callback))).toEqual(INVALID_GRANT);
  expect((await callApi(origin, USERINFO, accessToken)).status).toBe(401);
  expect(await errorOf(app.refresh(refreshToken))).toEqual(INVALID_GRANT);
});

test('a code expires after CODE_SECONDS', async () => {
  const { app, callback } = await startSignedIn({ codeSeconds: 5 });
  advanceSeconds(6);
  expect(await errorOf(app.exchange(callback))).toEqual(INVALID_GRANT);
});

test('a code with a PKCE challenge requires the right verifier', async () => {
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

test('a refresh rotates the refresh token, and a second use of the old one ends the grant', async () => {
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

test('revoking the tokens of one sign-in keeps the tokens of another sign-in of the same user', async () => {
  const { origin, app, browser, callback } = await startSignedIn();
  const first = await app.readTokens(app.exchange(callback));
  const again = await browser.open(app.authorizationUrl({ auto_authorize: 'true' }));
  const second = await app.readTokens(app.exchange(again.url));
  await app.revoke(first.refreshToken);
  expect((await callApi(origin, USERINFO, second.accessToken)).status).toBe(200);
  expect((await app.refresh(second.refreshToken)).status).toBe(200);
});

test('access tokens and refresh tokens expire to the second', async () => {
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

test('a session can be refreshed beyond the lifetime of its first refresh token', async () => {
  const { app, callback } = await startSignedIn({ refreshTokenSeconds: 100 });
  let { refreshToken } = await app.readTokens(app.exchange(callback));
  for (let round = 0; round < 4; round += 1) {
    advanceSeconds(90);
    ({ refreshToken } = await app.readTokens(app.refresh(refreshToken)));
    expect(refreshToken).not.toBe('');
  }
});

test('revoking an access token ends only that token', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { accessToken, refreshToken } = await app.readTokens(app.exchange(callback));
  expect((await app.revoke(accessToken)).status).toBe(200);
  expect((await callApi(origin, USERINFO, accessToken)).status).toBe(401);
  expect((await app.refresh(refreshToken)).status).toBe(200);
});

test('revoking a refresh token ends the whole grant', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { accessToken, refreshToken } = await app.readTokens(app.exchange(callback));
  expect((await app.revoke(refreshToken)).status).toBe(200);
  expect((await callApi(origin, USERINFO, accessToken)).status).toBe(401);
  expect(await errorOf(app.refresh(refreshToken))).toEqual(INVALID_GRANT);
  expect((await app.revoke('unknown')).status).toBe(200);
});
