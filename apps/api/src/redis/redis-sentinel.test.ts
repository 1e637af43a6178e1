import { Redis } from 'ioredis';
import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startRedisSentinel } from '../../test/doubles/redis-sentinel.ts';
import { useProvider } from '../../test/doubles/test-provider.ts';
import { tokensOf } from '../../test/support/browser.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi } from '../../test/support/test-api.ts';

const provider = useProvider();

test('with the address of a Sentinel the API uses its master, follows a failover, and keeps the sign-outs', async () => {
  const redis = await startRedisSentinel();
  onTestFinished(() => redis.stop());
  const env = { REDIS_URL: redis.url };
  const { app, browser, events, log } = await startApi({ env });
  const isReady = async () => (await app.inject({ url: PATHS.readyz })).statusCode === 200;
  expect(await isReady()).toBe(true);
  await signIn(browser, provider);
  const signedOut = await browser.sessionCookie();
  await browser.post(PATHS.logout);
  await signIn(browser, provider);

  await redis.killMaster();
  await vi.waitFor(() => expect(events()).toContain('redis_unreachable'), 10_000);
  await vi.waitFor(async () => expect(await isReady()).toBe(true), 20_000);
  tokensOf(await browser.post(PATHS.refreshToken));

  // An instance that knows the sign-out from Redis alone.
  const other = await startApi({ env });
  expect((await other.app.inject({ url: PATHS.readyz })).statusCode).toBe(200);
  const headers = { origin: 'https://app.example.com', 'x-csrf': '1', cookie: signedOut };
  const response = await other.app.inject({ method: 'POST', url: PATHS.session, headers });
  expect([response.statusCode, response.json()]).toMatchObject([401, { error: 'session_invalid' }]);
  expect(log.join('')).not.toContain('canary-password');
});

test('the API starts although the Sentinel does not give the address of its master', async () => {
  const redis = await startRedisSentinel();
  onTestFinished(() => redis.stop());
  const sentinel = new Redis(redis.url);
  onTestFinished(() => sentinel.disconnect());
  await sentinel.call('ACL', 'SETUSER', 'default', '-sentinel|get-master-addr-by-name');
  const { app, events } = await startApi({ env: { REDIS_URL: redis.url } });
  expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(503);
  expect(events()).toEqual(['redis_unreachable']);
  await sentinel.call('ACL', 'SETUSER', 'default', '+sentinel|get-master-addr-by-name');
  await vi.waitFor(
    async () => expect((await app.inject({ url: PATHS.readyz })).statusCode).toBe(200),
    10_000,
  );
});
