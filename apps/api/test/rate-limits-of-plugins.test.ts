import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test } from 'vitest';
import { startRedisServer } from './doubles/redis-server.ts';
import { useProvider } from './doubles/test-provider.ts';
import { errorOf } from './support/browser.ts';
import { ask, LIMIT, statuses } from './support/rate-limited-client.ts';
import { startApi, WEB_ORIGIN } from './support/test-api.ts';

useProvider();

test('the operator routes share a count, and probes are not counted', async () => {
  const { app } = await startApi({ env: LIMIT });
  for (const url of [PATHS.metrics, PATHS.openapi, PATHS.docs]) {
    expect((await ask(app, url, { method: 'GET' })).statusCode).toBe(200);
  }
  const bundle = `${PATHS.docs}/static/swagger-ui-bundle.js`;
  expect(errorOf(await ask(app, bundle, { method: 'GET' }))).toBe('429 rate_limited');
  for (let i = 0; i < 9; i += 1) {
    expect((await ask(app, PATHS.healthz, { method: 'GET' })).statusCode).toBe(200);
    expect((await ask(app, PATHS.readyz, { method: 'GET' })).statusCode).toBe(200);
  }
});

test('with Redis all instances share the counts, and without a connection to it no request is refused', async () => {
  const redis = await startRedisServer();
  onTestFinished(redis.stop);
  const env = { ...LIMIT, REDIS_URL: redis.url };
  const [one, two] = [await startApi({ env }), await startApi({ env })];
  expect(await statuses(one.app, [{}, {}])).toEqual([200, 200]);
  expect(await statuses(two.app, [{}])).toEqual([200]);
  for (const { app } of [one, two]) {
    const refused = await ask(app, PATHS.start);
    expect(errorOf(refused)).toBe('429 rate_limited');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  }
  expect((await ask(one.app, PATHS.session)).statusCode).toBe(401); // Another group.

  await redis.kill();
  expect(await statuses(one.app, [{}, {}, {}, {}])).toEqual([200, 200, 200, 200]);
});

test('the routes of the server-side flow share the count of the sign-in routes', async () => {
  const env = { ...LIMIT, OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}/oauth/callback` };
  const { app } = await startApi({ env });
  await statuses(app, [{}, {}, {}]);
  const get = { method: 'GET' as const };
  expect(errorOf(await ask(app, PATHS.serverSideStart, get))).toBe('429 rate_limited');
  const back = await ask(app, PATHS.serverSideCallback, get);
  expect(back.headers.location).toBe(`${WEB_ORIGIN}/?error=rate_limited`);
});
