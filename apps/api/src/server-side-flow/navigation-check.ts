import type { onRequestAsyncHookHandler } from 'fastify';
import { originNotAllowed } from '../http/origin-check.ts';
import type { Topology } from '../topology.ts';

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
