import type { Topology } from '../topology.ts';

/** On every answer, errors included: this API serves data to scripts, never a page. */
export function responseHeaders({ relation, isSecure, needsCors }: Topology): Record<string, string> {
  return {
    // RFC 6749 §5.1: for any answer with tokens. Here it costs nothing to say it always.
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'cross-origin-resource-policy': relation === 'cross-site' ? 'cross-origin' : relation,
    ...(isSecure && { 'strict-transport-security': 'max-age=31536000' }),
    ...(needsCors && { vary: 'Origin' }),
  };
}
