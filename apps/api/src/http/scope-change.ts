import type { FastifyRequest } from 'fastify';
import { reportEvent } from './events.ts';

/** Reports a difference between the two. RFC 6749 §3.3: a server may grant more or less than was requested. */
export function reportScopeChange(
  request: FastifyRequest,
  { requested, granted }: { requested: string; granted: string },
): void {
  const [requestedScopes, grantedScopes] = [requested.split(' '), granted.split(' ')];
  const isReduced = requestedScopes.some((scope) => !grantedScopes.includes(scope));
  const isExtended = grantedScopes.some((scope) => !requestedScopes.includes(scope));
  if (isReduced) reportEvent(request, { event: 'scope_reduced' });
  if (isExtended) reportEvent(request, { event: 'scope_extended' });
}
