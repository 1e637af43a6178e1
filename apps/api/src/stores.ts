import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import { createEndedSessions, type EndedSessions } from './session/ended-sessions.ts';
import { createRefreshOnce, type RefreshOnce } from './session/refresh-once.ts';
import { unlimitedTransactions, type UsedTransactions } from './sign-in/used-transactions.ts';

/** Where requests are counted, in the words of the plugin. Empty: in memory. */
export type RateLimitStore = Pick<RateLimitPluginOptions, 'redis' | 'nameSpace' | 'skipOnError'>;

/**
 * What a sealed cookie can't contain: that its tokens were replaced, its session ended or its transaction used. Several
 * instances of the API have to share this.
 */
export interface Stores {
  refreshes: RefreshOnce;
  endedSessions: EndedSessions;
  usedTransactions: UsedTransactions;
  rateLimits: RateLimitStore;
  /** Whether the store that the instances share answers. Undefined if the stores are in memory. */
  isSharedStoreReachable?: () => boolean;
}

/** For one instance. A restart empties them. */
export function createMemoryStores(): Stores {
  return {
    refreshes: createRefreshOnce(),
    endedSessions: createEndedSessions(),
    usedTransactions: unlimitedTransactions,
    rateLimits: {},
  };
}
