import { ApiError } from '../http/api-error.ts';
import { NeverSentError } from './never-sent-error.ts';
import type { ProviderFetch } from './provider-fetch.ts';

const RETRY_AFTER_SECONDS = 2;

/**
 * The same fetch, with an upper limit for the requests in flight. While the provider hangs, each request waits ten
 * seconds. Requests beyond the limit fail at once: a queue would grow until the process runs out of memory.
 */
export function createLimitedFetch(providerFetch: ProviderFetch, maxInFlight: number): ProviderFetch {
  let inFlight = 0;
  return async (url, request) => {
    if (inFlight >= maxInFlight) {
      throw new ApiError('provider_unavailable', {
        cause: new NeverSentError('HeldBackError'),
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      });
    }
    inFlight += 1;
    try {
      return await providerFetch(url, request);
    } finally {
      inFlight -= 1;
    }
  };
}
