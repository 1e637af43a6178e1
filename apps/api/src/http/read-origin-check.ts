import type { onRequestAsyncHookHandler } from 'fastify';
import type { Topology } from '../topology.ts';
import { originNotAllowed, requireScript } from './origin-check.ts';

const SAME_ORIGIN: ReadonlySet<string> = new Set(['same-origin']);

/**
 * The origin check for a GET. If the page and the API share an origin, the browser sends no `Origin` with a GET, but says
 * so in `Sec-Fetch-Site`. An older browser sends neither; then only `X-CSRF` proves a script of ours.
 */
export function createReadOriginCheck({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  const isOneOrigin = [...acceptedFetchSites.values()].some((sites) => sites.has('same-origin'));
  return async (request) => {
    const { origin, 'sec-fetch-site': site } = request.headers;
    const isFromOurOrigin = origin === undefined && (site === undefined || isOneOrigin);
    const acceptedSites = isFromOurOrigin ? SAME_ORIGIN : acceptedFetchSites.get(origin ?? '');
    if (!acceptedSites) throw originNotAllowed('Origin');
    requireScript(request, acceptedSites);
  };
}
