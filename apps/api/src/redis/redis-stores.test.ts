import fastify from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { randomUUID } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';
import { loggerOptions } from '../http/logging.ts';
import { NeverSentError } from '../provider/never-sent-error.ts';
import type { Session } from '../session/session.ts';
import { moveClock } from '../../test/support/clock.ts';
import { exampleSession } from '../../test/support/example-session.ts';
import { startRedisServer, type RedisServer } from '../../test/doubles/redis-server.ts';
import { connectToRedis } from './redis-connection.ts';
import { createRedisExchangeOnce } from './redis-exchange-once.ts';
import { createRedisSessionStore } from './redis-session-store.ts';
import { refreshRecordOf } from './refresh-record.ts';

/* The stores of several instances in one process, so that a test controls each step. Real processes: several-instances.test.ts. */

const lines: string[] = [];
const { log } = fastify({ logger: loggerOptions('warn', { write: (line) => void lines.push(line) }) });
let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

const PREFIX = 'app-1:';

async function openStores({ providerTimeoutMs = 5000 } = {}) {
  const redis = await connectToRedis({ url: server.url, keyPrefix: PREFIX, log });
  const client = new Redis(server.url, { keyPrefix: PREFIX, lazyConnect: true });
  onTestFinished(() => {
    redis.close();
    client.disconnect();
  });
  const store = createRedisSessionStore(redis, { providerTimeoutMs });
  return {
    redis,
    /** Another connection, with which a test looks at the keys. */
    client,
    refreshOnce: (session: Session, refresh: () => Promise<Session>) =>
      store.refreshOnce(session, { refresh, discard: async () => undefined }),
    findSuccessor: async (session: Session) => (await store.find(session)).successor,
    hasEnded: async (session: Session) => (await store.find(session)).hasEnded,
    end: store.end,
    exchangeOnce: createRedisExchangeOnce(redis, { providerTimeoutMs }),
  };
}

const outcomeKey = (session: Session) => `refresh:{${session.sessionId}}:${refreshRecordOf(session)?.id}`;

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

async function killRedis(stores: { redis: { state: () => string } }[]) {
  await server.kill();
  onTestFinished(async () => {
    if (stores.some(({ redis }) => redis.state() === 'unreachable'))
      await server.restart().catch(() => undefined);
  });
  await vi.waitFor(() =>
    expect(new Set(stores.map(({ redis }) => redis.state()))).toEqual(new Set(['unreachable'])),
  );
}

async function restartRedis(stores: { redis: { state: () => string } }[]) {
  await server.restart();
  await vi.waitFor(
    () => expect(new Set(stores.map(({ redis }) => redis.state()))).toEqual(new Set(['reachable'])),
    10_000,
  );
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
  await a.end(ended);
  const life = (key: string) => a.client.pttl(key);
  const lives = await Promise.all([
    life(outcomeKey(refreshed)),
    life(outcomeKey(refused)),
    life(`ended:{${ended.sessionId}}`),
  ]);
  for (const [i, most] of [30_000, 5000, 2_592_000_000].entries()) {
    expect(lives[i]).toBeLessThanOrEqual(most);
    expect(lives[i]).toBeGreaterThan(most * 0.1);
  }
  expect(await a.client.exists(outcomeKey(refreshed).replace('refresh:', 'refresh-lock:'))).toBe(0);
});

test('an instance that received the result of another instance keeps it no longer than Redis does', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  await a.refreshOnce(session, async () => successor);
  expect(await b.refreshOnce(session, never())).toEqual(successor);
  await b.client.del(outcomeKey(session)); // As Redis does after 30 seconds.
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
  const limitMemory = (bytes: number) => a.client.config('SET', 'maxmemory', bytes);
  onTestFinished(async () => void (await limitMemory(0)));
  await limitMemory(1);
  await a.end(session);
  expect([await a.hasEnded(session), await b.hasEnded(session)]).toEqual([true, false]);
  expect(lines.at(-1)).toMatch(/"level":50,.*"event":"redis_refusing",.*"message":"OOM"/);
  expect(a.redis.state()).toBe('refusing');
  await limitMemory(0);
  await vi.waitFor(async () => expect(await b.hasEnded(session)).toBe(true), 10_000);
  expect(a.redis.state()).toBe('reachable');
}, 15_000);

test('a Redis that restarts empty receives the sign-outs of sessions whose cookie has not expired', async () => {
  const a = await openStores();
  const [session, expired] = [exampleSession(), { ...exampleSession(), endsAt: 0 }];
  for (const each of [session, expired]) await a.end(each);
  await killRedis([a]);
  await restartRedis([a]);
  const key = `${PREFIX}ended:{${session.sessionId}}`;
  await vi.waitFor(async () => expect(await a.client.keys('*:ended:*')).toEqual([key]));
});

function exampleExchange() {
  const id = randomUUID();
  const expiresAt = Math.floor(Date.now() / 1000) + 600;
  return { jti: `transaction-${id}`, codeVerifier: `verifier-${id}`, expiresAt, code: `code-${id}` };
}

test('an exchange on a second instance waits for the first and gets its session', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [given, session] = [exampleExchange(), exampleSession()];
  const answer = answerLater();
  const first = a.exchangeOnce(given, answer.refresh);
  await answer.asked;
  const exchange = never();
  const second = b.exchangeOnce(given, exchange);
  answer.resolve(session);
  expect([await first, await second]).toEqual([session, session]);
  expect(await (await openStores()).exchangeOnce(given, exchange)).toEqual(session);
  expect(exchange).not.toHaveBeenCalled();
});

test('a second instance refuses another code of a transaction, and the same code after 30 seconds', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const given = exampleExchange();
  await a.exchangeOnce(given, async () => exampleSession());
  const exchange = never();
  const otherCode = b.exchangeOnce({ ...given, code: 'code-2' }, exchange);
  await expect(otherCode).rejects.toMatchObject({ code: 'transaction_replayed' });
  moveClock(31);
  const late = (await openStores()).exchangeOnce(given, exchange);
  await expect(late).rejects.toMatchObject({ code: 'transaction_replayed' });
  expect(exchange).not.toHaveBeenCalled();
});

test('a failed exchange is shared with the other instances, unless the provider has never received it', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const given = exampleExchange();
  const cause = new NeverSentError('ConnectError');
  const down = new ApiError('provider_unavailable', { cause });
  await expect(a.exchangeOnce(given, () => Promise.reject(down))).rejects.toBe(down);
  const timeout = new ApiError('provider_timeout');
  await expect(b.exchangeOnce(given, () => Promise.reject(timeout))).rejects.toBe(timeout);
  const exchange = never();
  await expect(a.exchangeOnce(given, exchange)).rejects.toMatchObject({ code: 'provider_timeout' });
  expect(exchange).not.toHaveBeenCalled();
});

test('an exchange whose instance has died is refused by the others', async () => {
  const [a, b] = [await openStores(), await openStores({ providerTimeoutMs: 1 })];
  const given = exampleExchange();
  const answer = answerLater();
  const first = a.exchangeOnce(given, answer.refresh);
  await answer.asked;
  await expect(b.exchangeOnce(given, never())).rejects.toMatchObject({ code: 'transaction_replayed' });
  answer.resolve(exampleSession());
  await first;
});

test('without Redis a transaction works once on each instance', async () => {
  const a = await openStores();
  const given = exampleExchange();
  await killRedis([a]);
  const session = exampleSession();
  expect(await a.exchangeOnce(given, async () => session)).toBe(session);
  expect(await a.exchangeOnce(given, never())).toBe(session);
  await restartRedis([a]);
});

test('the session store and the exchanges keep nothing readable in Redis', async () => {
  const a = await openStores();
  const [given, session] = [exampleExchange(), exampleSession()];
  await a.exchangeOnce(given, async () => session);
  await a.refreshOnce(session, async () => exampleSession());
  const keys = await a.client.keys('*');
  const dump = (await Promise.all(keys.map((key) => a.client.get(key.slice(PREFIX.length))))).join();
  expect(dump.length).toBeGreaterThan(1000);
  for (const secret of [
    given.codeVerifier,
    given.code,
    session.accessToken ?? '',
    session.refreshToken ?? '',
  ]) {
    expect(keys.join() + dump).not.toContain(secret);
  }
});

test('a foreign value in Redis is not used as the result of a refresh', async () => {
  const [a, b] = [await openStores(), await openStores()];
  const [session, successor] = [exampleSession(), exampleSession()];
  await a.refreshOnce(session, async () => successor);
  const key = outcomeKey(session);
  expect(await a.client.exists(key)).toBe(1);
  await a.client.set(key, 'eyJhbGciOiJub25lIn0....', 'PX', 1000);
  expect(await b.findSuccessor(session)).toBeUndefined();
  const own = exampleSession();
  expect(await b.refreshOnce(session, async () => own)).toBe(own);
});
