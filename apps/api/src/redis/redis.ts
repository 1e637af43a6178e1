import fp from 'fastify-plugin';
import type { Config } from '../config.ts';
import type { Stores } from '../stores.ts';
import { connectToRedis } from './redis-connection.ts';
import { createRedisEndedSessions } from './redis-ended-sessions.ts';
import { createRedisRefreshOnce } from './redis-refresh-once.ts';
import { createRedisUsedTransactions } from './redis-used-transactions.ts';

interface RedisOptions {
  config: Config;
  /** Replaced if REDIS_URL is set. */
  stores: Stores;
}

/**
 * Lets all instances with the same Redis share their stores. No sign-in and no refresh fails because Redis does: each
 * instance then works alone, and writes to Redis later what it has missed, even if Redis comes back empty.
 */
export const redis = fp<RedisOptions>(async (app, { config: { redisUrl, provider }, stores }) => {
  if (redisUrl === undefined) return;
  const connection = await connectToRedis(redisUrl, app.log);
  app.addHook('onClose', async () => connection.close());
  Object.assign(stores, {
    refreshes: createRedisRefreshOnce(connection, { providerTimeoutMs: provider.timeoutMs }),
    endedSessions: createRedisEndedSessions(connection),
    usedTransactions: createRedisUsedTransactions(connection),
    // While Redis is unreachable no request is counted: users must still be able to sign in.
    rateLimits: { redis: connection.client, nameSpace: 'rate:', skipOnError: true },
    isSharedStoreReachable: connection.isReachable,
  } satisfies Stores);
});
