import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { ApiError, toApiError } from '../http/api-error.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { OAuthClient, TokenSet } from '../provider/oauth-client.ts';
import { scopeChanges } from '../provider/scope-change.ts';
import {
  beginSession,
  continueSession,
  createSessionCookie,
  hasFreshAccessToken,
  isDueForSealing,
  type Session,
} from './session-cookie.ts';
import type { SessionEnd, SharedState } from './shared-state.ts';
import type { UnderWay } from '../http/in-flight.ts';

/** The life of a session, whichever way it was begun: its cookie, its one refresh for all, its end. */
export type Sessions = ReturnType<typeof createSessions>;

interface SessionsOptions {
  config: Config;
  oauthClient: OAuthClient;
  sharedState: SharedState;
  metrics: Metrics;
  underWay: UnderWay;
}

export function createSessions({ config, oauthClient, sharedState, metrics, underWay }: SessionsOptions) {
  const sessionCookie = createSessionCookie(config);

  async function open(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
    const session = await sessionCookie.open(request, reply);
    await refuseEnded(session);
    return session;
  }

  /** Without clearing the cookie: the jar may hold the next session's by the time the answer arrives. */
  async function refuseEnded(session: Session): Promise<void> {
    if (await sharedState.isEnded(session)) throw new ApiError('session_invalid');
  }

  /** A cookie may be some refreshes behind: its holder was sent off before the answer to them had arrived. */
  async function findLatest(session: Session): Promise<Session> {
    const successor = await sharedState.findSuccessor(session);
    return successor ? findLatest(successor) : session;
  }

  async function refreshSession({ session, request, reply }: SessionRequest): Promise<Session> {
    let refreshed: Session;
    try {
      const refreshing = sharedState.refreshOnce(session, () => refreshTokens(session, request));
      underWay.trackRefresh(refreshing);
      refreshed = await refreshing;
    } catch (error) {
      await refuseEnded(session);
      if (error instanceof ApiError && error.code === 'session_expired') sessionCookie.clear(reply);
      throw error;
    }
    // Whoever signed out, or in as somebody else, while the provider was thinking, stays so.
    if (await sharedState.isEnded(session)) {
      await revoke(refreshed, request);
      throw new ApiError('session_invalid');
    }
    const latest = await findLatest(refreshed);
    await sessionCookie.write(reply, latest);
    return latest;
  }

  async function refreshTokens(session: Session, request: FastifyRequest): Promise<Session> {
    const { refreshToken, scope } = session;
    if (refreshToken === undefined) throw new ApiError('session_expired');
    const tokens = await oauthClient.refreshTokenGrant({ refreshToken, scope }).catch((error: unknown) => {
      const { code } = toApiError(error);
      metrics.refreshes.inc({ outcome: code });
      request.log.info({ event: 'session_refresh_failed', code });
      throw error;
    });
    const refreshed = continueSession(session, tokens);
    metrics.refreshes.inc({ outcome: 'refreshed' });
    request.log.info({ event: 'session_refreshed' });
    for (const event of scopeChanges({ requested: scope, granted: tokens.scope }))
      request.log.info({ event });
    return refreshed;
  }

  /** RFC 7009, as well as we can: signing out must work while the provider doesn't. */
  async function revoke({ refreshToken, accessToken }: Session, request: FastifyRequest): Promise<void> {
    const token = refreshToken ?? accessToken;
    if (token === undefined) return;
    await oauthClient
      .revoke(token)
      .catch((error: unknown) => request.log.warn({ err: error }, 'revocation failed'));
  }

  return {
    /** Begins the session of who has just signed in, in place of the one before it. */
    async begin(tokens: TokenSet, { replaces, reply }: SessionBeginning): Promise<Session> {
      const session = beginSession(tokens, config);
      await sessionCookie.write(reply, session);
      // A refresh of the session before this one, still under way, must not put its cookie over the new one.
      if (replaces) await sharedState.endSession(replaces);
      return session;
    },

    /** Whether there is a cookie, good or bad. */
    isPresent: sessionCookie.isPresent,
    /** For whoever only wants to know: undefined if there is none, or none that can be read. */
    peek: sessionCookie.peek,

    /** The session with an access token to work with, which costs the provider a request only where it must. */
    async current(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
      const opened = await open(request, reply);
      const session = await findLatest(opened);
      if (!hasFreshAccessToken(session)) return refreshSession({ session, request, reply });
      // A cookie that a refresh has overtaken is brought up to date; any other is sealed anew now and then.
      if (session !== opened || isDueForSealing(session)) await sessionCookie.write(reply, session);
      return session;
    },

    /** The session with a new access token. */
    async refresh(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
      return refreshSession({ session: await open(request, reply), request, reply });
    },

    /** Ends the session, if there is one, here and at the provider. */
    async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      sessionCookie.clear(reply);
      const session = await sessionCookie.peek(request);
      if (!session) return;
      // In this order, as a refresh under way looks for the end after it has told its result: one sees the other.
      await sharedState.endSession(session);
      await revoke(await findLatest(session), request);
    },
  };
}

interface SessionBeginning {
  replaces: SessionEnd | undefined;
  reply: FastifyReply;
}

interface SessionRequest {
  session: Session;
  request: FastifyRequest;
  reply: FastifyReply;
}
