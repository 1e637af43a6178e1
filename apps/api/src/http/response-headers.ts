import fp from 'fastify-plugin';
import type { Topology } from '../topology.ts';

/** Sends the headers of `responseHeaders` with every answer of a route. */
export const securityHeaders = fp<{ topology: Topology }>(async (app, { topology }) => {
  const headers = responseHeaders(topology);
  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers));
});

/** For every answer, errors included: the API serves data to scripts, never a page. */
export function responseHeaders({
  relation,
  isLoopback,
  needsCors,
  ...topology
}: Topology): Record<string, string> {
  return {
    // RFC 6749 §5.1 demands it of answers with tokens. For all the others it costs nothing.
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'cross-origin-resource-policy': relation === 'cross-site' ? 'cross-origin' : relation,
    // Not on loopback, where it would force https on every other project of this developer.
    ...(topology.isSecure && !isLoopback && { 'strict-transport-security': 'max-age=31536000' }),
    ...(needsCors && { vary: 'Origin' }),
  };
}
