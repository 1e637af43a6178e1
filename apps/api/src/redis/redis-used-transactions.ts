import { FifoMap } from 'toad-cache';
import type { UsedTransactions } from '../sign-in/used-transactions.ts';
import { millisecondsUntil, type RedisConnection } from './redis-connection.ts';

const MAX_CLAIMED = 10_000;
const usedKey = (jti: string) => `used:${jti}`;

/** While Redis is unreachable, a transaction works once on each instance. */
export function createRedisUsedTransactions({ tryRedis }: RedisConnection): UsedTransactions {
  const claimedHere = new FifoMap<true>(MAX_CLAIMED);

  return {
    async claim({ jti, expiresAt }) {
      if (claimedHere.get(jti)) return false;
      claimedHere.set(jti, true);
      const lifeMs = millisecondsUntil(expiresAt * 1000);
      // Redis answers null if another instance was first.
      return (await tryRedis((client) => client.set(usedKey(jti), '1', 'PX', lifeMs, 'NX'))) !== null;
    },
    async release({ jti }) {
      claimedHere.delete(jti);
      await tryRedis((client) => client.del(usedKey(jti)));
    },
  };
}
