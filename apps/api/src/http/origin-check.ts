import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { CSRF_HEADER } from '@oneclick/shared/paths';
import { ApiError } from './api-error.ts';
import type { Topology } from '../topology.ts';

/**
 * Lets a request to a route that reads cookies through only if a script of an allowed origin sent it. CORS can't do
 * that: it decides who may read the answer, after the request has done its work (RFC 10017 §6.1.3.3).
 */
export function createRequestGuard({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  return async (request) => {
    const acceptedSites = acceptedFetchSites.get(request.headers.origin ?? '');
    if (!acceptedSites) throw new ApiError('origin_not_allowed', { cause: { name: 'Origin' } });
    requireScript(request, acceptedSites);
  };
}

/**
 * The same for a GET, with which a browser sends no Origin where the page and the API share theirs. Fetch Metadata
 * then says so itself; a client that sends neither is an older browser, on whose behalf X-CSRF speaks, or none.
 */
export function createReadGuard({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  const isOneOrigin = [...acceptedFetchSites.values()].some((sites) => sites.has('same-origin'));
  return async (request) => {
    const { origin, 'sec-fetch-site': site } = request.headers;
    const isFromOurOrigin = origin === undefined && (site === undefined || isOneOrigin);
    const acceptedSites = isFromOurOrigin ? SAME_ORIGIN : acceptedFetchSites.get(origin ?? '');
    if (!acceptedSites) throw new ApiError('origin_not_allowed', { cause: { name: 'Origin' } });
    requireScript(request, acceptedSites);
  };
}

/**
 * Lets a navigation through only if it came from the web app, or from nobody: a bookmark, a typed address. A page of
 * another site must not begin a sign-in, be it by a link, a form, a frame or an image.
 */
export function createNavigationGuard({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  const acceptedSites = new Set(['none', ...[...acceptedFetchSites.values()].flatMap((sites) => [...sites])]);
  return async ({ headers }) => {
    const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers;
    if (site !== undefined && !acceptedSites.has(site)) {
      throw new ApiError('origin_not_allowed', { cause: { name: 'Sec-Fetch-Site' } });
    }
    if (destination !== undefined && destination !== 'document' && destination !== 'empty') {
      throw new ApiError('origin_not_allowed', { cause: { name: 'Sec-Fetch-Dest' } });
    }
  };
}

const SAME_ORIGIN: ReadonlySet<string> = new Set(['same-origin']);

function requireScript({ headers }: FastifyRequest, acceptedSites: ReadonlySet<string>): void {
  // RFC 10017 §6.1.3.3.2: a header that no form can send, and no foreign script without a preflight.
  if (headers[CSRF_HEADER.name.toLowerCase()] !== CSRF_HEADER.value) {
    throw new ApiError('csrf_header_missing');
  }

  // Older browsers don't send these two, and no script can.
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (site !== undefined && !acceptedSites.has(site)) {
    throw new ApiError('origin_not_allowed', { cause: { name: 'Sec-Fetch-Site' } });
  }
  if (mode !== undefined && mode !== 'cors' && mode !== 'same-origin') {
    throw new ApiError('origin_not_allowed', { cause: { name: 'Sec-Fetch-Mode' } });
  }
}
