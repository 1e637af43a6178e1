import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import { createSessionStore, type SessionStore } from './session/session-store.ts';
import type { Session } from './session/session.ts';
import { createExchangeOnce, type ExchangeOnce } from './sign-in/exchange-once.ts';

/** Where requests are counted, in the words of the plugin. Empty: in memory. */
export type RateLimitStore = Pick<RateLimitPluginOptions, 'store' | 'skipOnError'>;

/** `refusing`: the store answers, but does not accept every command. */
export type SharedStoreState = 'reachable' | 'refusing' | 'unreachable';

/**
 * What a sealed cookie can't contain: that its tokens were replaced, its session ended or its transaction used. Several
 * instances of the API have to share this.
 */
export interface Stores {
  sessionStore: SessionStore;
  exchanges: ExchangeOnce<Session>;
  rateLimits: RateLimitStore;
  /** The state of the store that the instances share. Undefined if the stores are in memory. */
  sharedStoreState?: () => SharedStoreState;
}

/** For one instance. A restart empties them. */
export function createMemoryStores(): Stores {
  return {
    sessionStore: createSessionStore(),
    exchanges: createExchangeOnce(),
    rateLimits: {},
  };
}
