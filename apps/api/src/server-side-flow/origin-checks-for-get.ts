import type { onRequestAsyncHookHandler } from 'fastify';
import { originNotAllowed, requireScript } from '../http/origin-check.ts';
import type { Topology } from '../topology.ts';

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

/**
 * For a route that a navigation opens: refuses it unless it came from the web app, a bookmark or the address bar. A link,
 * form, frame or image of another site must not start a sign-in.
 */
export function createNavigationCheck({ acceptedFetchSites }: Topology): onRequestAsyncHookHandler {
  const acceptedSites = new Set(['none', ...[...acceptedFetchSites.values()].flatMap((sites) => [...sites])]);
  return async ({ headers }) => {
    const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers;
    if (site !== undefined && !acceptedSites.has(site)) throw originNotAllowed('Sec-Fetch-Site');
    if (destination !== undefined && destination !== 'document' && destination !== 'empty') {
      throw originNotAllowed('Sec-Fetch-Dest');
    }
  };
}
