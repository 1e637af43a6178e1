import type { ErrorCode } from '@oneclick/shared/error-status';
import { PATHS } from '@oneclick/shared/paths';
import type { LightMyRequestResponse } from 'fastify';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startRedisServer, type RedisServer } from './doubles/redis-server.ts';
import { json, useProvider } from './doubles/test-provider.ts';
import { errorOf } from './support/browser.ts';
import { moveClock } from './support/clock.ts';
import { signIn } from './support/sign-in.ts';
import { documentedErrors, startApi, WEB_ORIGIN } from './support/test-api.ts';

/*
 * Every error that the OpenAPI document names for a route can be answered by that route. The reverse, that a route answers
 * no other error, is checked in every test that uses startApi.
 */

const provider = useProvider();
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer();
  return redis.stop;
});

const ENV = { OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}/oauth/callback` };
const GETS = new Set<string>([
  PATHS.userinfo,
  PATHS.topup,
  PATHS.sessionUserinfo,
  PATHS.jwks,
  PATHS.serverSideStart,
  PATHS.healthz,
  PATHS.readyz,
  PATHS.metrics,
  PATHS.openapi,
]);

type Options = Parameters<typeof startApi>[0];

/** A browser that has signed in and has prepared another sign-in, and a request of it that would succeed. */
async function prepare(url: string, options: Options = {}) {
  const api = await startApi({ ...options, env: { ...ENV, ...options.env } });
  const { browser } = api;
  const { access_token } = await signIn(browser, provider);
  moveClock(7000); // The access token is about to expire.
  const { authorizationUrl, state } = await browser.start();
  const code = provider.authorize(authorizationUrl);
  const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
  const isGet = GETS.has(url);
  const headers: Record<string, string> = { 'x-csrf': '1', cookie, authorization: `Bearer ${access_token}` };
  if (!isGet) headers['origin'] = WEB_ORIGIN;
  const body = url === PATHS.exchangeToken ? { code, state } : {};
  const request = { method: isGet ? 'GET' : 'POST', url, headers, ...(!isGet && { body }) } as const;
  return { ...api, state, request, send: (change: object = {}) => api.app.inject({ ...request, ...change }) };
}

/** Sends a request to this route that makes it answer a certain error. */
type Provocation = (
  url: string,
) => Promise<Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'body' | 'json'>>;

const withHeaders =
  (change: Record<string, string | undefined>): Provocation =>
  async (url) => {
    const { send, request } = await prepare(url);
    const headers = Object.entries({ ...request.headers, ...change });
    return send({ headers: Object.fromEntries(headers.filter(([, value]) => value !== undefined)) });
  };
const withBody =
  (body: object | ((state: string) => object)): Provocation =>
  async (url) => {
    const { send, state } = await prepare(url);
    return send({ body: typeof body === 'function' ? body(state) : body });
  };
/** The token endpoint for routes that call it, otherwise the resource endpoint. */
const withProvider =
  (answer: () => Response | Promise<Response>, options: Options = {}): Provocation =>
  async (url) => {
    const { send } = await prepare(url, options);
    const isResource = url === PATHS.userinfo || url === PATHS.topup;
    if (isResource) provider.resourceAnswer = answer;
    else provider.tokenAnswers.push(answer);
    return send();
  };
const withResource =
  (answer: () => Response): Provocation =>
  async (url) => {
    const { send } = await prepare(url);
    provider.resourceAnswer = answer;
    return send();
  };
const withCookies =
  (change: (cookie: string) => string): Provocation =>
  async (url) => {
    const { send, request } = await prepare(url);
    return send({ headers: { ...request.headers, cookie: change(request.headers['cookie'] ?? '') } });
  };
const never = () => new Promise<Response>(() => undefined);
const withoutCookies = withHeaders({ cookie: undefined });
const withForeignCookies = withCookies((cookie) => cookie.replaceAll(/=[^;]+/g, '=x'));

const PROVOCATIONS: Record<string, Provocation> = {
  origin_not_allowed: withHeaders({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
  csrf_header_missing: withHeaders({ 'x-csrf': undefined }),
  payload_too_large: withBody({ code: 'c'.repeat(9000) }),
  unsupported_media_type: async (url) => {
    const { send, request } = await prepare(url);
    return send({ headers: { ...request.headers, 'content-type': 'text/plain' }, body: '{}' });
  },
  invalid_request: withHeaders({ expect: 'nonsense' }),
  async rate_limited(url) {
    const { send } = await prepare(url, { env: { RATE_LIMIT_PER_MINUTE: '3' } });
    for (let i = 0; i < 3; i += 1) await send();
    return send();
  },
  async shutting_down(url) {
    const { app, request } = await prepare(url);
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const { promise, resolve } = Promise.withResolvers<void>();
    app.finishBeforeClose(promise);
    const closed = app.close();
    const response = await vi.waitFor(async () => {
      const { method, headers } = request;
      const answer = await fetch(origin + url, { method, headers, body: method === 'POST' ? '{}' : null });
      if (answer.status !== 503) throw new Error('The API is not closing yet');
      return answer;
    });
    const body = await response.text();
    resolve();
    await closed;
    return { statusCode: response.status, headers: {}, body, json: () => JSON.parse(body) };
  },

  transaction_not_found: withoutCookies,
  async transaction_replaced(url) {
    const { browser, send } = await prepare(url);
    for (let i = 0; i < 4; i += 1) await browser.start();
    const cookie = await browser.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
    const headers = { 'x-csrf': '1', origin: WEB_ORIGIN, cookie };
    return send({ headers, body: { code: 'c', state: 'a'.repeat(43) } });
  },
  transaction_invalid: withForeignCookies,
  async transaction_expired(url) {
    const { send } = await prepare(url);
    moveClock(601);
    return send();
  },
  authorization_denied: withBody((state) => ({ error: 'access_denied', state })),
  authorization_failed: withBody((state) => ({ error: 'server_error', state })),
  code_rejected: withProvider(() => json({ error: 'invalid_grant' }, 400)),
  async transaction_replayed(url) {
    const { send, state } = await prepare(url, { env: { REDIS_URL: redis.url } });
    await send();
    return send({ body: { code: 'another-code', state } });
  },

  no_session: withoutCookies,
  session_invalid: withForeignCookies,
  session_expired: withProvider(() => json({ error: 'invalid_grant' }, 400)),
  session_refused: withProvider(() => json({}, 400)),
  async refresh_in_progress(url) {
    const env = { ...ENV, REDIS_URL: redis.url };
    const { send, request } = await prepare(url, { env, timeoutMs: 5000 });
    const other = await startApi({ env, timeoutMs: 1 });
    const answer = Promise.withResolvers<Response>();
    onTestFinished(() => answer.resolve(json({}, 500)));
    const asked = Promise.withResolvers<void>();
    provider.tokenAnswers.push(() => {
      asked.resolve();
      return answer.promise;
    });
    const first = send();
    await asked.promise;
    const refused = await other.app.inject(request);
    answer.resolve(json({}, 500));
    await first;
    return refused;
  },

  invalid_token: withResource(() => json({}, 401)),
  insufficient_scope: withResource(() => json({}, 403)),
  unsafe_topup_url: withResource(() => json({ topup_url: 'https://evil.example' })),

  provider_bad_response: withProvider(() => json('no object')),
  provider_misconfigured: withProvider(() => json({ error: 'invalid_client' }, 401)),
  provider_unavailable: withProvider(() => json({}, 503)),
  provider_timeout: withProvider(never, { timeoutMs: 500 }),
} satisfies Partial<Record<ErrorCode, Provocation>>;

test('every route answers each error that its documentation names', async () => {
  const { app } = await startApi({ env: ENV });
  await app.ready();
  const documented = [...(await documentedErrors(app))].flatMap(([url, codes]) =>
    codes.map((code) => [url, code] as const),
  );
  expect(documented.length).toBeGreaterThan(80);
  const unanswered: string[] = [];
  for (const [url, code] of documented) {
    if (code === 'internal_error') continue; // Only a fault of ours causes it.
    const response = await PROVOCATIONS[code]?.(url);
    const answer =
      response && response.statusCode >= 400 ? errorOf(response).slice(4) : String(response?.statusCode);
    if (answer !== code) unanswered.push(`${url} ${code}: ${answer}`);
  }
  expect(unanswered).toEqual([]);
}, 120_000);
