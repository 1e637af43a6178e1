import { FifoMap } from 'toad-cache';
import { ApiError } from '../http/api-error.ts';
import { wasNeverSent } from '../provider/never-sent-error.ts';

/** A code of the provider, and what the transaction cookie seals about its transaction. */
export interface CodeExchange {
  jti: string;
  codeVerifier: string;
  /** Unix seconds. The transaction cookie can't be opened after that. */
  expiresAt: number;
  code: string;
}

/**
 * One exchange for all requests with the same transaction. A provider accepts a code once (RFC 6749 §4.1.2), but a
 * browser sends a request again by itself if its connection breaks before the answer. Requests with the same code share
 * one exchange and its outcome, at the same time or up to 30 seconds later. Only an exchange that the provider has never
 * received may be repeated.
 *
 * @throws ApiError from `exchange`; `transaction_replayed` for another code, or if the outcome can't be shared
 */
export type ExchangeOnce<T> = (given: CodeExchange, exchange: () => Promise<T>) => Promise<T>;

/**
 * For how long the outcome is shared. No longer than a session store knows which session a refresh has made of another one:
 * after that, the outcome could replace the cookie of a refreshed session by one with a refresh token that was used.
 */
export const REPEAT_MS = 30_000;
const MAX_EXCHANGES = 10_000;

/** For the requests of this process. */
export function createExchangeOnce<T>(): ExchangeOnce<T> {
  const exchanges = new FifoMap<{ code: string; outcome: Promise<T> }>(MAX_EXCHANGES, REPEAT_MS);

  return async ({ jti, code }, exchange) => {
    const known = exchanges.get(jti);
    if (known && known.code !== code) throw new ApiError('transaction_replayed');
    if (known) return known.outcome;
    // Starts asynchronously, so that the promise is in the map before `exchange` runs.
    const outcome = Promise.resolve().then(exchange);
    exchanges.set(jti, { code, outcome });
    try {
      return await outcome;
    } catch (error) {
      if (wasNeverSent(error)) exchanges.delete(jti);
      throw error;
    }
  };
}
