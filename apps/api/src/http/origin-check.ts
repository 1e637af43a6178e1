import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { CSRF_HEADER } from '@oneclick/shared/paths';
import type { Topology } from '../topology.ts';
import { ApiError } from './api-error.ts';

/**
 * For routes that read a cookie: refuses a request unless a script of an allowed origin sent it. CORS can't do this: it
 * decides who may read the answer, after the API has done the work (RFC 10017 §6.1.3.3).
 */
export function createOriginCheck({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  return async (request) => {
    const acceptedSites = acceptedFetchSites.get(request.headers.origin ?? '');
    if (!acceptedSites) throw originNotAllowed('Origin');
    requireScript(request, acceptedSites);
  };
}

/** Refuses a request that no script can have sent, or that a script of another site has sent. */
export function requireScript({ headers }: FastifyRequest, acceptedSites: ReadonlySet<string>): void {
  // RFC 10017 §6.1.3.3.2: no form can send this header, and no foreign script can without a preflight.
  if (headers[CSRF_HEADER.name.toLowerCase()] !== CSRF_HEADER.value) {
    throw new ApiError('csrf_header_missing');
  }

  // Older browsers don't send these two headers. No script can set them.
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (site !== undefined && !acceptedSites.has(site)) throw originNotAllowed('Sec-Fetch-Site');
  if (mode !== undefined && mode !== 'cors' && mode !== 'same-origin')
    throw originNotAllowed('Sec-Fetch-Mode');
}

/** @param header the name of the request header that was refused, for the log */
export function originNotAllowed(header: string): ApiError {
  return new ApiError('origin_not_allowed', { cause: { name: header } });
}
