import type { ProviderConfig } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import type { EventBus } from '../http/events.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** The same fetch. It notifies the listeners how long each request took. */
export function createTimedFetch(
  providerFetch: ProviderFetch,
  { provider, events }: { provider: ProviderConfig; events: EventBus },
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
    const startedAt = performance.now();
    const notify = (outcome: string) =>
      events.emit('provider_answered', {
        endpoint,
        outcome,
        seconds: (performance.now() - startedAt) / 1000,
      });
    try {
      const response = await providerFetch(url, request);
      notify(`${Math.floor(response.status / 100)}xx`);
      return response;
    } catch (error) {
      notify(error instanceof ApiError ? error.code : 'internal_error');
      throw error;
    }
  };
}
