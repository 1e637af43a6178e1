import fp from 'fastify-plugin';
import type { Config } from '../config.ts';
import type { Stores } from '../stores.ts';
import { connectToRedis } from './redis-connection.ts';
import { createRedisExchangeOnce } from './redis-exchange-once.ts';
import { createRedisRateLimits } from './redis-rate-limits.ts';
import { createRedisSessionStore } from './redis-session-store.ts';

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
  const connection = await connectToRedis({
    url: redisUrl,
    // Several apps may share one Redis. Encoded, the id contains no brace, which would start a hash tag.
    keyPrefix: `${encodeURIComponent(provider.clientId)}:`,
    log: app.log,
  });
  app.addHook('onClose', async () => connection.close());
  const options = { providerTimeoutMs: provider.timeoutMs };
  Object.assign(stores, {
    sessionStore: createRedisSessionStore(connection, options),
    exchanges: createRedisExchangeOnce(connection, options),
    // While Redis is unreachable no request is counted: users must still be able to sign in.
    rateLimits: { store: createRedisRateLimits(connection), skipOnError: true },
    sharedStoreState: connection.state,
  } satisfies Stores);
});
