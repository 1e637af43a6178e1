import type { ProviderConfig } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import type { Metrics } from './metrics.ts';
import type { ProviderFetch } from '../provider/provider-fetch.ts';

interface MeasuredFetchOptions {
  provider: ProviderConfig;
  metrics: Metrics;
}

/** The same fetch, with a look at the clock. */
export function createMeasuredFetch(
  providerFetch: ProviderFetch,
  { provider, metrics }: MeasuredFetchOptions,
): ProviderFetch {
  const endpoints = new Map(
    Object.entries({
      token: provider.tokenEndpoint,
      userinfo: provider.userinfoEndpoint,
      topup: provider.topupEndpoint,
      revocation: provider.revocationEndpoint,
    }).map(([endpoint, url]) => [url && new URL(url).href, endpoint]),
  );

  return async (url, request) => {
    const endpoint = endpoints.get(new URL(url).href) ?? 'unknown';
    const stop = metrics.providerSeconds.startTimer({ endpoint });
    try {
      const response = await providerFetch(url, request);
      stop({ outcome: `${Math.floor(response.status / 100)}xx` });
      return response;
    } catch (error) {
      stop({ outcome: error instanceof ApiError ? error.code : 'internal_error' });
      throw error;
    }
  };
}
