import type { onRequestAsyncHookHandler } from 'fastify';
import { CSRF_HEADER } from '@oneclick/shared/paths';
import { ApiError } from './errors.ts';
import type { Topology } from './topology.ts';

/**
 * Lets a request to a route that reads cookies through only if a script of an allowed origin sent it. CORS can't do
 * that: it decides who may read the answer, after the request has done its work (RFC 10017 §6.1.3.3).
 */
export function createRequestGuard({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  return async (request) => {
    const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers;

    const acceptedSites = acceptedFetchSites.get(origin ?? '');
    if (!acceptedSites) throw new ApiError('origin_not_allowed', { cause: { name: 'Origin' } });

    // RFC 10017 §6.1.3.3.2: a header that no form can send, and no foreign script without a preflight.
    if (request.headers[CSRF_HEADER.name.toLowerCase()] !== CSRF_HEADER.value) {
      throw new ApiError('csrf_header_missing');
    }

    // Older browsers don't send these two, and no script can.
    if (site !== undefined && !acceptedSites.has(site)) {
      throw new ApiError('origin_not_allowed', { cause: { name: 'Sec-Fetch-Site' } });
    }
    if (mode !== undefined && mode !== 'cors' && mode !== 'same-origin') {
      throw new ApiError('origin_not_allowed', { cause: { name: 'Sec-Fetch-Mode' } });
    }
  };
}
