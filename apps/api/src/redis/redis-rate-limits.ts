import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { RedisConnection } from './redis-connection.ts';

type Callback = Parameters<FastifyRateLimitStore['incr']>[1];

/** Counts in the words of the plugin. Its own store for Redis keeps one client, but this connection may change its client. */
export function createRedisRateLimits({ tryRedis }: RedisConnection): FastifyRateLimitStoreCtor {
  return class RedisRateLimits implements FastifyRateLimitStore {
    incr(key: string, callback: Callback, timeWindow: number): void {
      void this.#count(key, callback, timeWindow);
    }

    async #count(key: string, callback: Callback, timeWindow: number): Promise<void> {
      const reply = await tryRedis((client) => client.eval(COUNT, 1, `rate:${key}`, timeWindow));
      const [current, ttl] = Array.isArray(reply) ? reply : [];
      if (typeof current === 'number' && typeof ttl === 'number') callback(null, { current, ttl });
      else callback(new Error('Redis has not counted the request'));
    }

    /** The limits of this app share one store: their keys differ. */
    child(): RedisRateLimits {
      return this;
    }
  };
}

const COUNT = `
local current = redis.call('INCR', KEYS[1])
if current == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {current, redis.call('PTTL', KEYS[1])}`;
