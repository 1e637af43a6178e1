import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { createSealer, defineCookie } from '../http/sealed-cookie.ts';
import { Session, unixNow } from './session.ts';

export interface SessionCookie {
  isPresent: (request: FastifyRequest) => boolean;
  /**
   * Clears the cookie if it can never be opened again.
   * @throws ApiError
   */
  open: (request: FastifyRequest, reply: FastifyReply) => Promise<Session>;
  /** @returns undefined if there is no cookie, or it can't be opened */
  peek: (request: FastifyRequest) => Promise<Session | undefined>;
  /** Seals the session again, which moves its idle end. */
  write: (reply: FastifyReply, session: Session) => Promise<void>;
  clear: (reply: FastifyReply) => void;
}

export function createSessionCookie({ topology, sessionKeys, sessionIdleSeconds }: Config): SessionCookie {
  const cookie = defineCookie(topology.nameCookie('session'), topology);
  const sealer = createSealer({ keys: sessionKeys, purpose: 'session', schema: Session });

  return {
    isPresent: ({ cookies }) => cookies[cookie.name] !== undefined,
    clear: cookie.clear,

    async open(request, reply) {
      const opened = await sealer.open(cookie, request);
      if (opened.status === 'absent') throw new ApiError('no_session');
      // A newer deployment may have sealed the cookie. Clearing it would sign users out during a rolling deploy.
      if (opened.status === 'unknown_key') throw new ApiError('session_invalid');
      if (opened.status === 'invalid') {
        cookie.clear(reply);
        throw new ApiError('session_invalid');
      }
      if (Math.min(opened.payload.idleEndsAt, opened.payload.endsAt) <= unixNow()) {
        cookie.clear(reply);
        throw new ApiError('session_expired');
      }
      return opened.payload;
    },

    async peek(request) {
      const opened = await sealer.open(cookie, request);
      return opened.status === 'ok' ? opened.payload : undefined;
    },

    async write(reply, session) {
      const now = unixNow();
      const idleEndsAt = Math.min(now + sessionIdleSeconds, session.endsAt);
      const sealed: Session = { ...session, issuedAt: now, idleEndsAt };
      const { accessToken: _, ...withoutAccessToken } = sealed;
      const value =
        (await sealer.seal(cookie, sealed)) ??
        // Too long for a cookie. A refresh gets another access token, at the price of one request for each reload.
        (session.refreshToken ? await sealer.seal(cookie, withoutAccessToken) : undefined);
      if (!value) throw new ApiError('provider_bad_response', { cause: { name: 'TokensTooLongForCookie' } });
      cookie.set(reply, { value, maxAgeSeconds: idleEndsAt - now });
    },
  };
}
