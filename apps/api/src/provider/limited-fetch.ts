import { ApiError } from '../http/api-error.ts';
import { NeverSentError } from './never-sent-error.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/**
 * The same fetch, for not more than so many requests at a time. A provider that hangs holds each for ten seconds; who
 * comes when all places are taken is told at once, instead of being kept in a queue that grows until the process dies.
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

/** A place is free when the provider has answered one, or let its ten seconds pass. */
const RETRY_AFTER_SECONDS = 2;
