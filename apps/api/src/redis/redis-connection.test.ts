import { PATHS } from '@oneclick/shared/paths';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startRedisServer } from '../../test/doubles/redis-server.ts';
import { useProvider } from '../../test/doubles/test-provider.ts';
import { tokensOf, type ApiResponse } from '../../test/support/browser.ts';
import { moveClock } from '../../test/support/clock.ts';
import { portOf } from '../../test/support/port-of.ts';
import { ask, LIMIT } from '../../test/support/rate-limited-client.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi } from '../../test/support/test-api.ts';

const provider = useProvider();

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

describe('a Redis that refuses commands', () => {
  const [USER, PASSWORD] = ['app', 'canary-password'];
  const ALL = ['on', `>${PASSWORD}`, '~client_1:*', '+@all'];

  async function useRedisWithUser(...rules: string[]) {
    const redis = await useRedis();
    const admin = new Redis(redis.url);
    onTestFinished(async () => {
      await admin.call('ACL', 'DELUSER', USER);
      admin.disconnect();
    });
    const setUser = (...given: string[]) => admin.call('ACL', 'SETUSER', USER, 'reset', ...given);
    await setUser(...rules);
    const url = redis.url.replace('//', `//${USER}:${PASSWORD}@`);
    return { setUser, ...(await startApi({ env: { REDIS_URL: url } })) };
  }

  test.each([
    ['scripts', [...ALL, '-@scripting']],
    ['one command of the scripts', [...ALL, '-pexpire']],
    ['writing', [...ALL, '-@write']],
    ['the keys of this app', [...ALL, 'resetkeys', '~client_2:*']],
  ])('a user without the right to %s is logged at the start, and readyz answers 503', async (_, rules) => {
    const { app, browser, events, log, setUser } = await useRedisWithUser(...rules);
    const response = await app.inject({ url: PATHS.readyz });
    expect([response.statusCode, response.json()]).toEqual([
      503,
      { status: 'unavailable', redis: 'refusing' },
    ]);
    expect(events()).toEqual(['redis_refusing']);
    expect(log.join('')).toMatch(/"NOPERM"/);
    expect(log.join('')).not.toContain('canary');
    // Users can sign in all the same.
    await signIn(browser, provider);
    tokensOf(await browser.post(PATHS.refreshToken));
    await setUser(...ALL);
    await vi.waitFor(
      async () => expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(200),
      10_000,
    );
    expect(events().filter((event) => event.startsWith('redis_'))).toEqual([
      'redis_refusing',
      'redis_reachable',
    ]);
  });

  test('a right that is lost later is reported by readyz after the next command', async () => {
    const { app, browser, setUser } = await useRedisWithUser(...ALL);
    expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(200);
    await setUser(...ALL, '-@scripting');
    await signIn(browser, provider);
    expect((await app.inject({ url: PATHS.readyz })).json()).toMatchObject({ redis: 'refusing' });
  });

  test('the rights that the README names suffice', async () => {
    const rights = ['+@read', '+@write', '+@scripting', '+@connection', '+info', '+cluster'];
    const { app, browser, log } = await useRedisWithUser('on', `>${PASSWORD}`, '~client_1:*', ...rights);
    await signIn(browser, provider);
    tokensOf(await browser.post(PATHS.refreshToken));
    await browser.post(PATHS.logout);
    expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(200);
    expect(log.join('')).not.toMatch(/"level":[45]0/);
  });
});

describe('two apps on one Redis', () => {
  test('two apps do not share rate limits, and two instances of one app do', async () => {
    const redis = await useRedis();
    const startAppOf = (OAUTH_CLIENT_ID: string) =>
      startApi({ env: { ...LIMIT, REDIS_URL: redis.url, OAUTH_CLIENT_ID } });
    const [one, sameApp, other] = [
      await startAppOf('app {1}: a'),
      await startAppOf('app {1}: a'),
      await startAppOf('app {1}: b'),
    ];
    const statuses = [];
    for (const { app } of [one, sameApp, one, sameApp, one]) {
      statuses.push((await ask(app, PATHS.start)).statusCode);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await ask(other.app, PATHS.start)).statusCode).toBe(200);
  });

  test('every key starts with the client id', async () => {
    const redis = await useRedis();
    const { browser } = await startApi({ env: { REDIS_URL: redis.url, OAUTH_CLIENT_ID: 'keys-of-one-app' } });
    await signIn(browser, provider);
    await browser.post(PATHS.refreshToken);
    await browser.post(PATHS.logout);
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const kinds = (await client.keys('keys-of-one-app:*')).map((key) => key.split(':')[1]);
    expect(new Set(kinds)).toEqual(new Set(['ended', 'rate', 'refresh', 'used']));
    expect(await client.keys('{*')).toEqual([]);
  });
});

/** A proxy that counts how often a client waits for Redis: data from the client after data from Redis. */
async function countRoundTrips(url: string) {
  const { hostname, port } = new URL(url);
  const counter = { url: '', roundTrips: 0 };
  const proxy = createServer((client) => {
    const redis = connect(Number(port), hostname);
    let isWaiting = false;
    client.on('data', (data) => {
      if (!isWaiting) counter.roundTrips += 1;
      isWaiting = true;
      redis.write(data);
    });
    redis.on('data', (data) => {
      isWaiting = false;
      client.write(data);
    });
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  counter.url = `redis://127.0.0.1:${portOf(proxy)}`;
  return counter;
}

test('a refresh waits for Redis twice, and once for the rate limit', async () => {
  const redis = await useRedis();
  const counter = await countRoundTrips(redis.url);
  const { browser } = await startApi({ env: { REDIS_URL: counter.url } });
  await signIn(browser, provider);
  const during = async (send: () => Promise<ApiResponse>) => {
    const before = counter.roundTrips;
    tokensOf(await send());
    return counter.roundTrips - before;
  };
  expect(await during(() => browser.post(PATHS.refreshToken))).toBe(3);
  expect(await during(() => browser.post(PATHS.session))).toBe(2);
  moveClock(7000);
  expect(await during(() => browser.post(PATHS.session))).toBe(3);
});

test('readyz answers 200 without REDIS_URL', async () => {
  const { app } = await startApi();
  expect((await app.inject({ url: PATHS.readyz })).json()).toEqual({ status: 'ok' });
});
