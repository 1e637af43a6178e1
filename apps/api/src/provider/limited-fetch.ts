import { ApiError } from '../http/api-error.ts';
import type { ProviderEndpoint } from '../http/events.ts';
import { NeverSentError } from './never-sent-error.ts';
import type { ProviderFetch } from './provider-fetch.ts';

const RETRY_AFTER_SECONDS = 2;

/**
 * The same fetch, with an upper limit for the requests in flight to each endpoint: if one of them hangs, the others still
 * serve. Requests beyond the limit fail at once, and all others have a connection of their own. So no request waits in a
 * queue, which would grow until the process runs out of memory.
 */
export function createLimitedFetch(providerFetch: ProviderFetch, maxInFlight: number): ProviderFetch {
  const inFlight: Record<ProviderEndpoint, number> = { token: 0, userinfo: 0, topup: 0, revocation: 0 };
  return async (url, request) => {
    const { endpoint } = request;
    if (inFlight[endpoint] >= maxInFlight) {
      throw new ApiError('provider_unavailable', {
        cause: new NeverSentError('HeldBackError'),
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      });
    }
    inFlight[endpoint] += 1;
    try {
      return await providerFetch(url, request);
    } finally {
      inFlight[endpoint] -= 1;
    }
  };
}
