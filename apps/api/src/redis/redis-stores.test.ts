import fastify from 'fastify';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { ApiError } from '../http/api-error.ts';
import { loggerOptions } from '../http/logging.ts';
import type { Session } from '../session/session.ts';
import { exampleSession } from '../../test/support/example-session.ts';
import { startRedisServer, type RedisServer } from '../../test/doubles/redis-server.ts';
import { connectToRedis } from './redis-connection.ts';
import { refreshRecordOf } from './refresh-record.ts';
import { createRedisEndedSessions } from './redis-ended-sessions.ts';
import { createRedisRefreshOnce } from './redis-refresh-once.ts';
import { createRedisUsedTransactions } from './redis-used-transactions.ts';

/* The stores of several instances in one process, so that a test controls each step. Real processes: several-instances.test.ts. */

const lines: string[] = [];
const { log } = fastify({ logger: loggerOptions('warn', { write: (line) => void lines.push(line) }) });
let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

async function openStores({ providerTimeoutMs = 5000 } = {}) {
  const redis = await connectToRedis(server.url, log);
  onTestFinished(() => redis.close());
  return {
    redis,
    ...createRedisRefreshOnce(redis, { providerTimeoutMs }),
    endedSessions: createRedisEndedSessions(redis),
    usedTransactions: createRedisUsedTransactions(redis),
  };
}

/** An answer of the provider that a test resolves or rejects. */
function answerLater() {
  const { promise, resolve, reject } = Promise.withResolvers<Session>();
  const asked = Promise.withResolvers<void>();
  const refresh = () => {
    asked.resolve();
    return promise;
  };
  return { refresh, asked: asked.promise, resolve, reject };
}

const never = () =>
  vi.fn<() => Promise<Session>>(() => Promise.reject(new Error('the provider must not be asked')));
const refusal = () => Promise.reject(new ApiError('session_expired'));

async function killRedis(stores: { redis: { isReachable: () => boolean } }[]) {
  await server.kill();
  onTestFinished(async () => {
    if (stores.some(({ redis }) => !redis.isReachable())) await server.restart().catch(() => undefined);
  });
  await vi.waitFor(() => expect(stores.map(({ redis }) => redis.isReachable())).not.toContain(true));
}

async function restartRedis(stores: { redis: { isReachable: () => boolean } }[]) {
  await server.restart();
  await vi.waitFor(() => expect(stores.map(({ redis }) => redis.isReachable())).not.toContain(false), 10_000);
}

test('a refresh on a second instance waits for the first and gets its result', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  const answer = answerLater();
  const first = a.refreshOnce(session, answer.refresh);
  await answer.asked;
  const refresh = never();
  const second = b.refreshOnce(session, refresh);
  answer.resolve(successor);
  expect([await first, await second]).toEqual([successor, successor]);
  expect(await b.findSuccessor(session)).toEqual(successor);
  expect(refresh).not.toHaveBeenCalled();
});

test('Redis keeps a refreshed session for 30 seconds, a refusal for 5, and an ended session until its absolute end', async () => {
  const a = await openStores();
  const [refreshed, refused, ended] = [exampleSession(), exampleSession(), exampleSession()];
  await a.refreshOnce(refreshed, async () => exampleSession());
  await expect(a.refreshOnce(refused, refusal)).rejects.toMatchObject({ code: 'session_expired' });
  await a.endedSessions.add(ended);
  const life = (key: string) => a.redis.client.pttl(key);
  const lives = await Promise.all([
    life(`refresh:${refreshRecordOf(refreshed)?.id}`),
    life(`refresh:${refreshRecordOf(refused)?.id}`),
    life(`ended:${ended.sessionId}`),
  ]);
  for (const [i, most] of [30_000, 5000, 2_592_000_000].entries()) {
    expect(lives[i]).toBeLessThanOrEqual(most);
    expect(lives[i]).toBeGreaterThan(most * 0.1);
  }
  expect(await a.redis.client.exists(`refresh-lock:${refreshRecordOf(refreshed)?.id}`)).toBe(0);
});

test('an instance that received the result of another instance keeps it no longer than Redis does', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  await a.refreshOnce(session, async () => successor);
  expect(await b.refreshOnce(session, never())).toEqual(successor);
  await b.redis.client.del(`refresh:${refreshRecordOf(session)?.id}`); // As Redis does after 30 seconds.
  expect(await b.findSuccessor(session)).toBeUndefined();
});

test('after a failed refresh, an instance that waited for it asks the provider itself', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  const answer = answerLater();
  const first = a.refreshOnce(session, answer.refresh);
  await answer.asked;
  const second = b.refreshOnce(session, async () => successor);
  answer.reject(new ApiError('provider_unavailable'));
  await expect(first).rejects.toMatchObject({ code: 'provider_unavailable' });
  expect(await second).toEqual(successor);
});

test('a refusal by the provider is shared with the other instances', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const session = exampleSession();
  await expect(a.refreshOnce(session, refusal)).rejects.toMatchObject({ code: 'session_expired' });
  const refresh = never();
  await expect(b.refreshOnce(session, refresh)).rejects.toMatchObject({ code: 'session_expired' });
  expect(refresh).not.toHaveBeenCalled();
});

test('an instance that outlives its lock and is then refused returns the result of the other instance', async () => {
  const [slow, other] = [await openStores({ providerTimeoutMs: 50 }), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  const answer = answerLater();
  const refreshed = slow.refreshOnce(session, answer.refresh);
  await answer.asked;
  expect(await other.refreshOnce(session, async () => successor)).toEqual(successor);
  answer.reject(new ApiError('session_expired'));
  expect(await refreshed).toEqual(successor);
});

test('an instance that outlives its lock does not release the lock of the next instance', async () => {
  const [slow, other, third] = [
    await openStores({ providerTimeoutMs: 50 }),
    await openStores(),
    await openStores(),
  ];
  const [session, successor] = [exampleSession(), exampleSession()];
  const [slowAnswer, otherAnswer] = [answerLater(), answerLater()];
  const first = slow.refreshOnce(session, slowAnswer.refresh);
  await slowAnswer.asked;
  const second = other.refreshOnce(session, otherAnswer.refresh);
  await otherAnswer.asked; // The lock of `slow` has expired.
  slowAnswer.reject(new ApiError('provider_unavailable'));
  await expect(first).rejects.toMatchObject({ code: 'provider_unavailable' });
  const refresh = never();
  const last = third.refreshOnce(session, refresh);
  await new Promise((resolve) => setTimeout(resolve, 200));
  otherAnswer.resolve(successor);
  expect([await second, await last]).toEqual([successor, successor]);
  expect(refresh).not.toHaveBeenCalled();
});

test('an instance that waits too long for the refresh of another answers refresh_in_progress', async () => {
  const [a, b] = [await openStores(), await openStores({ providerTimeoutMs: 1 })];
  const session = exampleSession();
  const answer = answerLater();
  const first = a.refreshOnce(session, answer.refresh);
  await answer.asked;
  await expect(b.refreshOnce(session, never())).rejects.toMatchObject({
    code: 'refresh_in_progress',
    headers: { 'retry-after': '1' },
  });
  answer.resolve(session);
  await first;
});

test('a refusal without Redis answers session_refused, since another instance may have refreshed', async () => {
  const a = await openStores();
  const answer = answerLater();
  const refreshed = a.refreshOnce(exampleSession(), answer.refresh);
  await answer.asked;
  await killRedis([a]);
  answer.reject(new ApiError('session_expired'));
  await expect(refreshed).rejects.toMatchObject({ code: 'session_refused' });
  await restartRedis([a]);
});

test('a Redis that restarts empty receives the locks of refreshes in flight', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  const answer = answerLater();
  const first = a.refreshOnce(session, answer.refresh);
  await answer.asked;
  await killRedis([a, b]);
  await restartRedis([a, b]);
  const refresh = never();
  const second = b.refreshOnce(session, refresh);
  await new Promise((resolve) => setTimeout(resolve, 200));
  answer.resolve(successor);
  expect([await first, await second]).toEqual([successor, successor]);
  expect(refresh).not.toHaveBeenCalled();
});

test('a Redis that was full receives the missed sign-outs when it has space again', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const session = exampleSession();
  const limitMemory = (bytes: number) => a.redis.client.config('SET', 'maxmemory', bytes);
  onTestFinished(async () => void (await limitMemory(0)));
  await limitMemory(1);
  await a.endedSessions.add(session);
  expect([await a.endedSessions.has(session), await b.endedSessions.has(session)]).toEqual([true, false]);
  expect(lines.at(-1)).toMatch(/"level":40,.*"message":"OOM"/);
  await limitMemory(0);
  await vi.waitFor(async () => expect(await b.endedSessions.has(session)).toBe(true), 10_000);
}, 15_000);

test('a Redis that restarts empty receives the sign-outs of sessions whose cookie has not expired', async () => {
  const a = await openStores();
  const [session, expired] = [exampleSession(), { ...exampleSession(), endsAt: 0 }];
  for (const each of [session, expired]) await a.endedSessions.add(each);
  await killRedis([a]);
  await restartRedis([a]);
  const key = `ended:${session.sessionId}`;
  await vi.waitFor(async () => expect(await a.redis.client.keys('ended:*')).toEqual([key]));
});

test('without Redis a transaction works once on each instance', async () => {
  const a = await openStores();
  const transaction = { jti: 'a'.repeat(43), expiresAt: Math.floor(Date.now() / 1000) + 600 };
  await killRedis([a]);
  expect(await a.usedTransactions.claim(transaction)).toBe(true);
  expect(await a.usedTransactions.claim(transaction)).toBe(false);
  await a.usedTransactions.release(transaction);
  expect(await a.usedTransactions.claim(transaction)).toBe(true);
  await restartRedis([a]);
});

test('a foreign value in Redis is not used as the result of a refresh', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  await a.refreshOnce(session, async () => successor);
  const key = `refresh:${refreshRecordOf(session)?.id}`;
  expect(await a.redis.client.exists(key)).toBe(1);
  await a.redis.client.set(key, 'eyJhbGciOiJub25lIn0....', 'PX', 1000);
  expect(await b.findSuccessor(session)).toBeUndefined();
  const own = exampleSession();
  expect(await b.refreshOnce(session, async () => own)).toBe(own);
});
