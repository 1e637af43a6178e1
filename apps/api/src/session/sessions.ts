import type { TokenResponse } from '@oneclick/shared/messages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { ApiError, toApiError } from '../http/api-error.ts';
import { reportEvent, reportScopeChange } from '../http/events.ts';
import { createSealer } from '../http/sealed-cookie.ts';
import type { OAuthClient } from '../provider/oauth-client.ts';
import type { TokenSet } from '../provider/token-response.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { RefreshOnce } from './refresh-once.ts';
import { defineSessionCookie } from './session-cookie.ts';
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
  /** Starts the session of a user who has just signed in. It replaces the browser's previous session, if there is one. */
  start: (
    reply: FastifyReply,
    options: { tokens: TokenSet; replaces: SessionEnd | undefined },
  ) => Promise<TokenResponse>;
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
  refreshes: RefreshOnce;
  endedSessions: EndedSessions;
}

export function createSessions({ config, oauthClient, refreshes, endedSessions }: SessionsOptions): Sessions {
  const { topology, sessionKeys, sessionIdleSeconds, sessionMaxSeconds } = config;
  const cookie = defineSessionCookie(topology);
  const sealer = createSealer({ keys: sessionKeys, purpose: 'session', schema: Session });

  /** Clears the cookie if it can never be opened again. */
  async function open(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
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
    await refuseEnded(opened.payload);
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
    throw new ApiError('provider_bad_response', { cause: { name: 'RefreshTokenTooLong' } });
  }

  /** Keeps the cookie: by the time the answer arrives, the browser may have the cookie of the next session. */
  async function refuseEnded(session: Session): Promise<void> {
    if (await endedSessions.has(session)) throw new ApiError('session_invalid');
  }

  /** A cookie may be several refreshes old if the request was sent before their answers arrived. */
  async function findLatest(session: Session): Promise<Session> {
    const successor = await refreshes.findSuccessor(session);
    return successor ? findLatest(successor) : session;
  }

  async function refreshSession(
    request: FastifyRequest,
    reply: FastifyReply,
    session: Session,
  ): Promise<Session> {
    let refreshed: Session;
    try {
      const refreshing = refreshes.refreshOnce(session, () => refreshTokens(request, session));
      // If the provider has rotated the refresh token, the result is the only key to the session.
      request.server.finishBeforeClose(refreshing);
      refreshed = await refreshing;
    } catch (error) {
      await refuseEnded(session);
      if (error instanceof ApiError && error.code === 'session_expired') cookie.clear(reply);
      throw error;
    }
    // The user may have signed out, or signed in as another user, while the provider was answering.
    if (await endedSessions.has(session)) {
      await revoke(request, refreshed);
      throw new ApiError('session_invalid');
    }
    const latest = await findLatest(refreshed);
    write(reply, latest);
    return latest;
  }

  async function refreshTokens(request: FastifyRequest, session: Session): Promise<Session> {
    const { refreshToken, scope } = session;
    if (refreshToken === undefined) {
      // RFC 6749 §5.1: a provider need not issue one. The session then lives as long as its access token.
      throw new ApiError(session.accessToken === undefined ? 'session_expired' : 'session_refused');
    }
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
    async start(reply, { tokens, replaces }) {
      const session = startSession(tokens, { maxSeconds: sessionMaxSeconds });
      write(reply, session);
      // Otherwise a refresh of the previous session that is still in flight would overwrite the new cookie.
      if (replaces) await endedSessions.add(replaces);
      return toTokenResponse(session);
    },

    async current(request, reply) {
      const opened = await open(request, reply);
      const session = await findLatest(opened);
      if (!hasFreshAccessToken(session))
        return toTokenResponse(await refreshSession(request, reply, session));
      if (session !== opened || isDueForSealing(session)) write(reply, session);
      return toTokenResponse(session);
    },

    async refresh(request, reply) {
      return toTokenResponse(await refreshSession(request, reply, await open(request, reply)));
    },

    async end(request, reply) {
      cookie.clear(reply);
      const session = peek(request);
      if (!session) return;
      // Mark the session as ended before looking up its successor. A concurrent refresh publishes its result first and
      // checks for the end second, so one of the two always notices the other.
      await endedSessions.add(session);
      await revoke(request, await findLatest(session));
    },

    hasCookie: cookie.isSet,
    peek,
  };
}
