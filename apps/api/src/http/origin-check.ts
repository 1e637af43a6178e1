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
    if (!acceptedSites) throw refuse('Origin');
    requireScript(request, acceptedSites);
  };
}

/**
 * The same check for a GET. If the page and the API share an origin, the browser sends no `Origin` with a GET, but says
 * so in `Sec-Fetch-Site`. An older browser sends neither; then only `X-CSRF` proves a script of ours.
 */
export function createReadOriginCheck({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  const isOneOrigin = [...acceptedFetchSites.values()].some((sites) => sites.has('same-origin'));
  return async (request) => {
    const { origin, 'sec-fetch-site': site } = request.headers;
    const isFromOurOrigin = origin === undefined && (site === undefined || isOneOrigin);
    const acceptedSites = isFromOurOrigin ? SAME_ORIGIN : acceptedFetchSites.get(origin ?? '');
    if (!acceptedSites) throw refuse('Origin');
    requireScript(request, acceptedSites);
  };
}

/**
 * For a route that a navigation opens: refuses it unless it came from the web app, a bookmark or the address bar. A link,
 * form, frame or image of another site must not start a sign-in.
 */
export function createNavigationCheck({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  const acceptedSites = new Set(['none', ...[...acceptedFetchSites.values()].flatMap((sites) => [...sites])]);
  return async ({ headers }) => {
    const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers;
    if (site !== undefined && !acceptedSites.has(site)) throw refuse('Sec-Fetch-Site');
    if (destination !== undefined && destination !== 'document' && destination !== 'empty') {
      throw refuse('Sec-Fetch-Dest');
    }
  };
}

const SAME_ORIGIN: ReadonlySet<string> = new Set(['same-origin']);

function requireScript({ headers }: FastifyRequest, acceptedSites: ReadonlySet<string>): void {
  // RFC 10017 §6.1.3.3.2: no form can send this header, and no foreign script can without a preflight.
  if (headers[CSRF_HEADER.name.toLowerCase()] !== CSRF_HEADER.value) {
    throw new ApiError('csrf_header_missing');
  }

  // Older browsers don't send these two headers. No script can set them.
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (site !== undefined && !acceptedSites.has(site)) throw refuse('Sec-Fetch-Site');
  if (mode !== undefined && mode !== 'cors' && mode !== 'same-origin') throw refuse('Sec-Fetch-Mode');
}

function refuse(header: string): ApiError {
  return new ApiError('origin_not_allowed', { cause: { name: header } });
}
