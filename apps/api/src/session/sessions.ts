import type { TokenResponse } from '@oneclick/shared/messages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { ApiError, toApiError } from '../http/api-error.ts';
import { reportEvent, reportScopeChange } from '../http/events.ts';
import { createSealer } from '../http/sealed-cookie.ts';
import type { OAuthClient } from '../provider/oauth-client.ts';
import type { TokenSet } from '../provider/token-response.ts';
import { defineSessionCookie } from './session-cookie.ts';
import { findLatest, type SessionStore } from './session-store.ts';
import {
  continueSession,
  hasFreshAccessToken,
  isDueForSealing,
  startSession,
  toTokenResponse,
  unixNow,
  Session,
  type SessionEnd,
} from './session.ts';

/** The sessions of all users: their cookie, their refresh and their end. */
export interface Sessions {
  /** Creates the session of a user who has just signed in. */
  create: (tokens: TokenSet) => Session;
  /** Sends its cookie for the first time. It replaces the browser's previous session, if there is one. */
  start: (
    reply: FastifyReply,
    options: { session: Session; replaces: SessionEnd | undefined },
  ) => Promise<TokenResponse>;
  /**
   * Sends the cookie of a session again, after an answer was lost.
   * @throws ApiError `session_invalid` if the session has ended
   */
  resume: (reply: FastifyReply, session: Session) => Promise<TokenResponse>;
  /** Returns a fresh access token. Asks the provider only if the sealed one is about to expire. */
  current: (request: FastifyRequest, reply: FastifyReply) => Promise<TokenResponse>;
  /** Gets a new access token from the provider. */
  refresh: (request: FastifyRequest, reply: FastifyReply) => Promise<TokenResponse>;
  /** Ends the session here and at the provider. Does nothing but clear the cookie if there is no session. */
  end: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Whether the request has a session cookie, valid or not. */
  hasCookie: (request: FastifyRequest) => boolean;
  /** @returns undefined if there is no session cookie, or it can't be opened */
  peek: (request: FastifyRequest) => SessionEnd | undefined;
}

interface SessionsOptions {
  config: Config;
  oauthClient: OAuthClient;
  sessionStore: SessionStore;
}

export function createSessions({ config, oauthClient, sessionStore }: SessionsOptions): Sessions {
  const { topology, secrets, sessionIdleSeconds, sessionMaxSeconds } = config;
  const cookie = defineSessionCookie(topology);
  const sealer = createSealer({ secrets, purpose: 'session', schema: Session });

  /** Clears the cookie if it can never be opened again. */
  function open(request: FastifyRequest, reply: FastifyReply): Session {
    const opened = sealer.open(cookie, request);
    if (opened.status === 'absent') {
      cookie.clearLoneHint(request, reply);
      throw new ApiError('no_session');
    }
    if (opened.status !== 'ok') {
      // A newer deployment may have sealed the cookie. Clearing it would sign users out during a rolling deploy.
      if (opened.status !== 'unknown_key') cookie.clear(reply);
      throw new ApiError('session_invalid');
    }
    if (Math.min(opened.payload.idleEndsAt, opened.payload.endsAt) <= unixNow()) {
      cookie.clear(reply);
      throw new ApiError('session_expired');
    }
    return opened.payload;
  }

  function peek(request: FastifyRequest): Session | undefined {
    const opened = sealer.open(cookie, request);
    return opened.status === 'ok' ? opened.payload : undefined;
  }

  /** Seals the session again, which moves its idle end. */
  function write(reply: FastifyReply, session: Session): void {
    const now = unixNow();
    const idleEndsAt = Math.min(now + sessionIdleSeconds, session.endsAt);
    const sealed: Session = { ...session, issuedAt: now, idleEndsAt };
    const { accessToken: _, ...withoutAccessToken } = sealed;
    const set = (payload: Session) =>
      cookie.set(reply, { value: sealer.seal(payload), maxAgeSeconds: idleEndsAt - now });
    // If both tokens don't fit, each reload gets another access token with a refresh.
    if (set(sealed) || set(withoutAccessToken)) return;
    throw new ApiError('provider_bad_response', {
      cause: { name: 'RefreshTokenTooLong' },
      isRetryable: false,
    });
  }

  async function refreshSession(
    request: FastifyRequest,
    reply: FastifyReply,
    session: Session,
  ): Promise<Session> {
    const { refreshToken } = session;
    if (refreshToken === undefined) {
      await findLatest(sessionStore, session);
      // RFC 6749 §5.1: a provider need not issue one. The session then lives as long as its access token.
      if (session.accessToken !== undefined) throw new ApiError('session_refused');
      cookie.clear(reply);
      throw new ApiError('session_expired');
    }
    const refreshing = sessionStore.refreshOnce(session, {
      refresh: () => refreshTokens(request, session, refreshToken),
      // The user may have signed out, or signed in as another user, while the provider was answering.
      discard: (refreshed) => revoke(request, refreshed),
    });
    // If the provider has rotated the refresh token, the result is the only key to the session.
    request.server.finishBeforeClose(refreshing);
    const refreshed = await refreshing.catch((error: unknown) => {
      // After a sign-out the error is `session_invalid`, which keeps the cookie: the browser may have the next one by now.
      if (error instanceof ApiError && error.code === 'session_expired') cookie.clear(reply);
      throw error;
    });
    write(reply, refreshed);
    return refreshed;
  }

  async function refreshTokens(
    request: FastifyRequest,
    session: Session,
    refreshToken: string,
  ): Promise<Session> {
    const { scope } = session;
    const tokens = await oauthClient.refreshTokenGrant({ refreshToken, scope }).catch((error: unknown) => {
      reportEvent(request, { event: 'session_refresh_failed', code: toApiError(error).code });
      throw error;
    });
    reportEvent(request, { event: 'session_refreshed' });
    reportScopeChange(request, { requested: scope, granted: tokens.scope });
    return continueSession(session, tokens);
  }

  /** RFC 7009. A failure is only logged: signing out must work while the provider is down. */
  async function revoke(request: FastifyRequest, { refreshToken, accessToken }: Session): Promise<void> {
    const token = refreshToken ?? accessToken;
    if (token === undefined) return;
    await oauthClient
      .revoke(token)
      .catch((error: unknown) => request.log.warn({ err: error }, 'revocation failed'));
  }

  return {
    create: (tokens) => startSession(tokens, { maxSeconds: sessionMaxSeconds }),

    async start(reply, { session, replaces }) {
      write(reply, session);
      // Otherwise a refresh of the previous session that is still in flight would overwrite the new cookie.
      if (replaces) await sessionStore.end(replaces);
      return toTokenResponse(session);
    },

    async resume(reply, session) {
      const latest = await findLatest(sessionStore, session);
      write(reply, latest);
      return toTokenResponse(latest);
    },

    async current(request, reply) {
      const opened = open(request, reply);
      // A refresh looks for the latest session itself.
      const session = hasFreshAccessToken(opened) ? await findLatest(sessionStore, opened) : opened;
      if (!hasFreshAccessToken(session)) {
        return toTokenResponse(await refreshSession(request, reply, session));
      }
      if (session !== opened || isDueForSealing(session)) write(reply, session);
      return toTokenResponse(session);
    },

    async refresh(request, reply) {
      return toTokenResponse(await refreshSession(request, reply, open(request, reply)));
    },

    async end(request, reply) {
      cookie.clear(reply);
      let session = peek(request);
      if (!session) return;
      // Mark the session as ended before looking up its successor. A concurrent refresh publishes its result first and
      // checks for the end second, so one of the two always notices the other.
      await sessionStore.end(session);
      for (let next: Session | undefined = session; next; next = (await sessionStore.find(next)).successor) {
        session = next;
      }
      await revoke(request, session);
    },

    hasCookie: cookie.isSet,
    peek,
  };
}
