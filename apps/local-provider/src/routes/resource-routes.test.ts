import { expect, test } from 'vitest';
import {
  callApi,
  createTestApp,
  readObject,
  signIn,
  startProvider,
  startSignedIn,
} from '../../test/test-app.ts';
import { createTestBrowser } from '../../test/test-browser.ts';

const USERINFO = '/api/oauth2/userinfo';

test('userinfo answers the documented example', async () => {
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
] as const)(
  'with the scope %s userinfo has only the fields that the scope covers',
  async ([scope, fields]) => {
    const origin = await startProvider();
    const app = createTestApp(origin);
    const browser = createTestBrowser({ origin });
    const { url } = await signIn(browser, await browser.open(app.authorizationUrl({ scope })));
    const tokens = await app.readTokens(app.exchange(url));
    expect(tokens.scope).toBe(scope ?? 'profile');
    const userinfo = await readObject(callApi(origin, USERINFO, tokens.accessToken));
    expect(Object.keys(userinfo).toSorted()).toEqual(fields);
  },
);

test.for([[undefined], ['wrong'], ['wrong token']])(
  'the bearer token %s answers 401 invalid_token',
  async ([token]) => {
    const origin = await startProvider();
    for (const path of [USERINFO, '/api/oauth2/topup']) {
      const response = await callApi(origin, path, token);
      expect(response.status).toBe(401);
      expect(response.headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
      expect(await response.json()).toEqual({ error: 'invalid_token' });
    }
  },
);

test('a refresh token is refused as an access token', async () => {
  const { origin, app, callback } = await startSignedIn();
  const { refreshToken } = await app.readTokens(app.exchange(callback));
  expect((await callApi(origin, USERINFO, refreshToken)).status).toBe(401);
});
