import { createExpiringMap } from '../session/expiring-map.ts';
import { TRANSACTION_SECONDS } from './transaction-cookie.ts';

/** Counts the attempts under way. The transactions themselves are in the browsers. */
export interface OpenTransactions {
  begun: (state: string) => void;
  ended: (state: string) => void;
  count: () => number;
}

const MAX_ENTRIES = 100_000;

export function createOpenTransactions(): OpenTransactions {
  const attempts = createExpiringMap<true>(MAX_ENTRIES);
  return {
    begun: (state) => attempts.set(state, true, Date.now() + TRANSACTION_SECONDS * 1000),
    ended: attempts.delete,
    count: () => attempts.entries().length,
  };
}
