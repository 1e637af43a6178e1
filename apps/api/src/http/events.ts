import { EventEmitter } from 'node:events';
import type { ErrorCode } from '@oneclick/shared/error-status';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';

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
  user_event: UserEvent;
  error_answered: {
    code: ErrorCode;
    event: string | undefined;
    flow: Flow | undefined;
    request: FastifyRequest;
  };
  /** The outcome is the class of the status, such as `2xx`, or the error code. */
  provider_answered: { endpoint: ProviderEndpoint; outcome: string; seconds: number };
  /** Standard output did not take a line of the log, because its disk is full or its reader has stalled. */
  log_line_dropped: object;
}

/** Lets operations/ count and measure. The API works the same without listeners, and if a listener throws. */
export interface EventBus {
  on: <Name extends keyof ApiEvents>(name: Name, listener: (event: ApiEvents[Name]) => void) => void;
  emit: <Name extends keyof ApiEvents>(name: Name, event: ApiEvents[Name]) => void;
}

declare module 'fastify' {
  interface FastifyInstance {
    events: EventBus;
  }
}

export function createEventBus(log: Pick<FastifyBaseLogger, 'error'>): EventBus {
  const emitter = new EventEmitter();
  return {
    on: (name, listener) =>
      void emitter.on(name, (event: Parameters<typeof listener>[0]) => {
        try {
          listener(event);
        } catch (error) {
          log.error({ err: error }, 'a listener of events failed');
        }
      }),
    emit: (name, event) => void emitter.emit(name, event),
  };
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
