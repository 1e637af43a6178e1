import { createSecretKey } from 'node:crypto';
import { IdentityTokenResponse, JwksResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import { startOwnServer } from '@oneclick/sign-in/test/own-server/start-own-server.ts';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import * as v from 'valibot';
import { json, useProvider } from '../../test/doubles/test-provider.ts';
import { errorOf, setCookiesOf, type ApiResponse, type Browser } from '../../test/support/browser.ts';
import { moveClock, stopClock } from '../../test/support/clock.ts';
import { freePort } from '../../test/support/free-port.ts';
import { ask, LIMIT } from '../../test/support/rate-limited-client.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi, VALID_ENV, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { parseConfig } from '../config.ts';
import { deriveIdentityKeys } from './identity-keys.ts';

const provider = useProvider();

const keyOf = (kid: string, byte: number) => `${kid}:${Buffer.alloc(32, byte).toString('base64url')}`;
const sessionKeysOf = (SESSION_KEYS: string) =>
  parseConfig({ ...VALID_ENV, SESSION_KEYS }).secrets.sessionKeys;
const K1 = keyOf('k1', 1);
const K2 = keyOf('k2', 2);

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Parses strictly, so that an additional field fails the test. */
function identityTokenOf(response: ApiResponse): string {
  expect(response.statusCode).toBe(200);
  const { identity_token, expires_in } = v.parse(
    v.strictObject(IdentityTokenResponse.entries),
    response.json(),
  );
  expect(expires_in).toBe(300);
  return identity_token;
}

const askIdentityToken = async (browser: Browser) => identityTokenOf(await browser.post(PATHS.identityToken));

/** Makes the provider answer with this account from now on. */
const answerUser = (id: unknown) =>
  void (provider.resourceAnswer = () => json({ id, username: 'user' } as object));

test('the identity token names the user, the session, the API and the client, and expires after five minutes', async () => {
  stopClock();
  const { app, browser } = await startApi();
  answerUser(12345);
  const { session_id } = await signIn(browser, provider);
  const response = await browser.post(PATHS.identityToken);
  expect(response.headers).toMatchObject({ 'cache-control': 'no-store' });
  expect(response.headers['set-cookie']).toBeUndefined();
  const token = identityTokenOf(response);
  const iat = Math.floor(Date.now() / 1000);
  expect(decodeJwt(token)).toEqual({
    iss: WEB_ORIGIN,
    aud: 'client_1',
    sub: '12345',
    sid: session_id,
    iat,
    exp: iat + 300,
  });
  const { keys } = v.parse(JwksResponse, (await app.inject({ url: PATHS.jwks })).json());
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'identity+jwt', kid: keys[0]?.kid });
  await jwtVerify(token, createLocalJWKSet({ keys }), { currentDate: new Date() });
});

test('IDENTITY_AUDIENCE replaces the client id as the audience, and API_ORIGIN is the issuer', async () => {
  const API_ORIGIN = 'https://api.example.com';
  const { browser } = await startApi({ env: { API_ORIGIN, IDENTITY_AUDIENCE: 'shop' } });
  await signIn(browser, provider);
  expect(decodeJwt(await askIdentityToken(browser))).toMatchObject({ iss: API_ORIGIN, aud: 'shop' });
});

test('after another user has signed in with the same browser, the identity token names that user', async () => {
  const { browser } = await startApi();
  for (const id of [1, 2, 1]) {
    answerUser(id);
    const { session_id, access_token } = await signIn(browser, provider);
    expect(decodeJwt(await askIdentityToken(browser))).toMatchObject({ sub: String(id), sid: session_id });
    expect(provider.resourceRequests.at(-1)?.headers.get('authorization')).toBe(`Bearer ${access_token}`);
  }
});

test('the identity token needs a session that has not ended, and an access token that is about to expire is refreshed for it', async () => {
  stopClock();
  const { app, browser } = await startApi();
  expect(errorOf(await browser.post(PATHS.identityToken))).toBe('401 no_session');
  await signIn(browser, provider);
  moveClock(6901);
  const response = await browser.post(PATHS.identityToken);
  identityTokenOf(response);
  expect(setCookiesOf(response)).not.toEqual([]);
  expect(provider.refreshRequests()).toHaveLength(1);

  const cookie = await browser.sessionCookie();
  await browser.post(PATHS.logout);
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', cookie };
  const replayed = await app.inject({ method: 'POST', url: PATHS.identityToken, headers });
  expect(errorOf(replayed)).toBe('401 session_invalid');
});

test.each([
  ['no id', undefined],
  ['the id 0', 0],
  ['a negative id', -1],
  ['an id that JSON rounds', 2 ** 53],
  ['a text as id', 'user'],
])('a userinfo with %s gives no identity token', async (_, id) => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  answerUser(id);
  expect(errorOf(await browser.post(PATHS.identityToken))).toBe('502 provider_bad_response');
});

test.each([
  [401, '401 invalid_token'],
  [503, '503 provider_unavailable'],
])(
  'if the provider answers the userinfo request with %d, there is no identity token',
  async (status, error) => {
    const { browser } = await startApi();
    await signIn(browser, provider);
    provider.resourceAnswer = () => json({}, status);
    const response = await browser.post(PATHS.identityToken);
    expect(errorOf(response)).toBe(error);
    expect(response.headers['set-cookie']).toBeUndefined();
  },
);

test.each([
  ['no Origin', { origin: '' }, '403 origin_not_allowed'],
  ['a foreign Origin', { origin: 'https://evil.example' }, '403 origin_not_allowed'],
  ['another site', { 'sec-fetch-site': 'cross-site' }, '403 origin_not_allowed'],
  ['a navigation', { 'sec-fetch-mode': 'navigate' }, '403 origin_not_allowed'],
  ['no X-CSRF', { 'x-csrf': '' }, '403 csrf_header_missing'],
  ['a form', { 'content-type': 'text/plain' }, '415 unsupported_media_type'],
  ['a body', { 'content-type': 'application/json' }, '400 invalid_request'],
])('identity-token refuses a request with %s', async (_, change, expected) => {
  const { app, browser } = await startApi();
  await signIn(browser, provider);
  const cookie = await browser.sessionCookie();
  const response = await app.inject({
    method: 'POST',
    url: PATHS.identityToken,
    headers: { origin: WEB_ORIGIN, 'x-csrf': '1', cookie, ...change },
    ...('content-type' in change && { payload: '{"sub":"1"}' }),
  });
  expect(errorOf(response)).toBe(expected);
  expect(provider.resourceRequests).toEqual([]);
});

test('identity-token shares the rate limit of the session routes, jwks.json that of the resources', async () => {
  const { app } = await startApi({ env: LIMIT });
  for (let i = 0; i < 3; i += 1) expect((await ask(app, PATHS.session)).statusCode).toBe(401);
  expect(errorOf(await ask(app, PATHS.identityToken))).toBe('429 rate_limited');
  const get = { method: 'GET' } as const;
  for (let i = 0; i < 3; i += 1) expect((await ask(app, PATHS.jwks, get)).statusCode).toBe(200);
  expect(errorOf(await ask(app, PATHS.userinfo, get))).toBe('429 rate_limited');
});

test('jwks.json contains one public key per session key in their order, and no name of a session key', async () => {
  const env = { SESSION_KEYS: `${K2},${K1}` };
  const { app } = await startApi({ env });
  const response = await app.inject({ url: PATHS.jwks });
  expect(response.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=300',
  });
  expect(response.headers['set-cookie']).toBeUndefined();
  const entry = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' };
  const key = {
    ...entry,
    x: expect.stringMatching(/^[\w-]{43}$/),
    kid: expect.stringMatching(/^[\w-]{43}$/),
  };
  const { keys } = response.json();
  expect(keys).toEqual([key, key]);
  expect(response.body).not.toMatch(/k[12]"/);

  // Another instance derives the same keys. A name is no part of them.
  const other = await startApi({ env: { SESSION_KEYS: `${keyOf('renamed', 2)},${K1}` } });
  expect((await other.app.inject({ url: PATHS.jwks })).json()).toEqual({ keys });
});

test('the private key that signs identity tokens is not the session key itself', async () => {
  const [{ bytes }] = sessionKeysOf(K1);
  const [{ privateKey }] = await deriveIdentityKeys(sessionKeysOf(K1));
  const { d } = privateKey.export({ format: 'jwk' });
  expect(d).toMatch(/^[\w-]{43}$/);
  expect(d).not.toBe(Buffer.from(bytes).toString('base64url'));
});

/** The API on a port of this machine, and servers of the app that check tokens with its keys. */
async function prepareServers() {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const env = { WEB_ORIGIN: origin, IDENTITY_AUDIENCE: 'shop' };
  return {
    origin,
    env,
    async startApiWith(SESSION_KEYS: string) {
      const api = await startApi({ env: { ...env, SESSION_KEYS } });
      await api.app.listen({ host: '127.0.0.1', port: Number(new URL(origin).port) });
      return api;
    },
    /** Returns a function that sends a token to a new server. It returns the user, or the status of a refusal. */
    async startServer() {
      const server = await startOwnServer({ apiOrigin: origin, audience: 'shop' });
      onTestFinished(server.stop);
      return async (token: string) => {
        const response = await fetch(server.origin, { headers: { authorization: `Bearer ${token}` } });
        return response.ok
          ? v.parse(v.object({ user: v.string() }), await response.json()).user
          : response.status;
      };
    },
  };
}

test('a server of the app accepts the identity tokens of its API and refuses every other token', async () => {
  const { origin, env, startApiWith, startServer } = await prepareServers();
  const { app, browser } = await startApiWith(K1);
  const present = await startServer();
  answerUser(12345);
  const { access_token } = await signIn(browser, provider);
  const token = await askIdentityToken(browser);
  await expect(present(token)).resolves.toBe('12345');

  const otherApp = await startApi({
    env: { ...env, OAUTH_CLIENT_ID: 'client_2', SESSION_KEYS: keyOf('k1', 9) },
  });
  await signIn(otherApp.browser, provider);
  const [{ privateKey, publicJwk }] = await deriveIdentityKeys(sessionKeysOf(K1));
  const { alg, kid } = publicJwk;
  const claims = decodeJwt(token);
  const header = { alg, kid, typ: 'identity+jwt' };
  const sign = (change: Record<string, unknown>, changedHeader = {}) =>
    new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ ...header, ...changedHeader })
      .sign(privateKey);
  // The control: only the named change makes the difference below.
  await expect(present(await sign({}))).resolves.toBe('12345');

  const [head = '', payload = '', signature = ''] = token.split('.');
  const hs256 = (secret: string | Buffer) =>
    new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(createSecretKey(Buffer.from(secret)));
  const jwksText = (await app.inject({ url: PATHS.jwks })).body;
  const refused: [string, string][] = [
    ['an access token', access_token],
    ['the token of another app', await askIdentityToken(otherApp.browser)],
    ['a token for another audience', await sign({ aud: 'client_1' })],
    ['a token of another issuer', await sign({ iss: 'https://other.example' })],
    ['an expired token', await sign({ iat: 1, exp: Math.floor(Date.now() / 1000) - 1 })],
    ['a token without an end', await sign({ exp: undefined })],
    ['a token without a user', await sign({ sub: undefined })],
    ['a token of another type', await sign({}, { typ: 'JWT' })],
    ['a token without a type', await sign({}, { typ: undefined })],
    ['a token with an unknown key id', await sign({}, { kid: 'unknown' })],
    ['another user under the same signature', [head, encode({ ...claims, sub: '1' }), signature].join('.')],
    ['no signature', [head, payload, ''].join('.')],
    ['alg none', [encode({ ...header, alg: 'none' }), payload, ''].join('.')],
    ['HS256 with the public key', await hs256(Buffer.from(publicJwk.x, 'base64url'))],
    ['HS256 with the text of the public key', await hs256(publicJwk.x)],
    ['HS256 with the whole key set', await hs256(jwksText)],
    ['a session cookie', (await browser.cookie(`session_${new URL(origin).port}`))?.value ?? ''],
    ['no token', ''],
  ];
  const answers: [string, unknown][] = [];
  for (const [name, value] of refused) answers.push([name, await present(value)]);
  expect(answers).toEqual(refused.map(([name]) => [name, 401]));
});

test('a token expires at a server of the app without a request to the API', async () => {
  stopClock();
  const { startApiWith, startServer } = await prepareServers();
  const { browser } = await startApiWith(K1);
  const present = await startServer();
  await signIn(browser, provider);
  const token = await askIdentityToken(browser);
  moveClock(299);
  await expect(present(token)).resolves.toBe('1');
  moveClock(2);
  await expect(present(token)).resolves.toBe(401);
});

test('changing SESSION_KEYS from [k1] to [k2,k1] and then to [k2] keeps valid tokens valid until their key is removed', async () => {
  stopClock();
  const { startApiWith, startServer } = await prepareServers();
  const present = await startServer();
  const first = await startApiWith(K1);
  await signIn(first.browser, provider);
  const oldToken = await askIdentityToken(first.browser);
  await expect(present(oldToken)).resolves.toBe('1');
  await first.app.close();

  const both = await startApiWith(`${K2},${K1}`);
  await signIn(both.browser, provider);
  const newToken = await askIdentityToken(both.browser);
  moveClock(60); // When a key id is unknown, jose asks for the keys again, but not twice within 30 seconds.
  await expect(present(newToken)).resolves.toBe('1');
  await expect(present(oldToken)).resolves.toBe('1');
  await both.app.close();

  const last = await startApiWith(K2);
  await signIn(last.browser, provider);
  const presentToOther = await startServer(); // It has no keys yet. The first one may keep the old key for ten minutes.
  await expect(presentToOther(await askIdentityToken(last.browser))).resolves.toBe('1');
  await expect(presentToOther(newToken)).resolves.toBe('1');
  await expect(presentToOther(oldToken)).resolves.toBe(401);
});
