import { EventEmitter } from 'node:events';
import type { ErrorCode } from '@oneclick/shared/errors';
import type { FastifyRequest } from 'fastify';

/** `browser`: a script of the web app exchanges the code. `server-side`: the page is redirected, without any script. */
export const FLOWS = ['browser', 'server-side'] as const;
export type Flow = (typeof FLOWS)[number];

/** What happened to a user. Each is one line of the log. */
export type UserEvent =
  | { event: 'sign_in_prepared' | 'sign_in_completed'; flow: Flow }
  | { event: 'session_refreshed' | 'signed_out' | 'scope_reduced' | 'scope_extended' }
  | { event: 'session_refresh_failed'; code: ErrorCode };

export type ProviderEndpoint = 'token' | 'userinfo' | 'topup' | 'revocation';

interface ApiEvents {
  user_event: [UserEvent];
  error_answered: [
    { code: ErrorCode; event: string | undefined; flow: Flow | undefined; request: FastifyRequest },
  ];
  /** The outcome is the class of the status, such as `2xx`, or the error code. */
  provider_answered: [{ endpoint: ProviderEndpoint; outcome: string; seconds: number }];
}

/** Lets operations/ count and measure. The API works the same without listeners. */
export type EventBus = EventEmitter<ApiEvents>;

declare module 'fastify' {
  interface FastifyInstance {
    events: EventBus;
  }
}

export function createEventBus(): EventBus {
  return new EventEmitter<ApiEvents>();
}

/** Logs the event and notifies the listeners. */
export function reportEvent(request: FastifyRequest, event: UserEvent): void {
  request.log.info(event);
  request.server.events.emit('user_event', event);
}

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
