import { PATHS } from '@oneclick/shared/paths';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { portOf } from '../../test/support/port-of.ts';
import { startRedisServer } from '../../test/doubles/redis-server.ts';
import { startApi } from '../../test/support/test-api.ts';

async function useRedis() {
  const redis = await startRedisServer();
  onTestFinished(() => redis.stop());
  return redis;
}

test('readyz follows the connection to Redis, and each change is logged once', async () => {
  const redis = await useRedis();
  const { app, log, events } = await startApi({ env: { REDIS_URL: redis.url } });
  const readiness = async () => {
    const response = await app.inject({ url: PATHS.readyz });
    return [response.statusCode, response.json<unknown>()];
  };
  const ready = [200, { status: 'ok', redis: 'reachable' }];
  const unready = [503, { status: 'unavailable', redis: 'unreachable' }];

  expect(await readiness()).toEqual(ready);
  await redis.kill();
  await vi.waitFor(async () => expect(await readiness()).toEqual(unready));
  await new Promise((resolve) => setTimeout(resolve, 300)); // Time for several reconnects.
  await redis.restart();
  await vi.waitFor(async () => expect(await readiness()).toEqual(ready), 5000);
  expect(events()).toEqual(['redis_reachable', 'redis_unreachable', 'redis_reachable']);
  expect(log.join('')).not.toContain(redis.url);
});

test('the API starts without Redis and logs redis_unreachable', async () => {
  const { app, events } = await startApi({ env: { REDIS_URL: 'redis://user:canary-password@127.0.0.1:1' } });
  expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(503);
  expect((await app.inject({ url: PATHS.healthz })).statusCode).toBe(200);
  expect(events()).toEqual(['redis_unreachable']);
});

test('a Redis that accepts connections and never answers counts as unreachable', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const { app } = await startApi({ env: { REDIS_URL: `redis://127.0.0.1:${portOf(silent)}` } });
  expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(503);
});

test('a refused Redis password is logged as WRONGPASS without the password', async () => {
  const redis = await useRedis();
  const url = redis.url.replace('//', '//nobody:canary-password@');
  const { app, log } = await startApi({ env: { REDIS_URL: url } });
  expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(503);
  expect(log.join('')).toContain('WRONGPASS');
  expect(log.join('')).not.toContain('canary');
});

test('readyz answers 200 without REDIS_URL', async () => {
  const { app } = await startApi();
  expect((await app.inject({ url: PATHS.readyz })).json()).toEqual({ status: 'ok' });
});
