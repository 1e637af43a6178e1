import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { ExchangeTokenRequest, StartResponse, TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { Config } from '../config.ts';
import { ApiError } from '../errors.ts';
import type { OAuthClient } from '../oauth-client.ts';
import { wasNeverSent } from '../provider-fetch.ts';
import { createRequestGuard } from '../request-guard.ts';
import { routeSchema } from '../route-schemas.ts';
import { defineCookie } from '../sealed-cookie.ts';
import {
  beginSession,
  continueSession,
  createSessionCookie,
  hasFreshAccessToken,
  isDueForSealing,
  toTokenResponse,
  type Session,
} from '../session-cookie.ts';
import { createEndedSessions } from '../session/ended-sessions.ts';
import { createRefreshOnce } from '../session/refresh-once.ts';
import { createTransactionCookies, TRANSACTION_SECONDS } from '../transaction-cookie.ts';

interface CookieRoutesOptions {
  config: Config;
  oauthClient: OAuthClient;
}

const SIGNED_OUT_SECONDS = 30 * 86_400;

/** The routes that trust a cookie, and so have to know who sends it. */
export const cookieRoutes: FastifyPluginAsync<CookieRoutesOptions> = async (app, { config, oauthClient }) => {
  const { topology, provider, sessionKeys } = config;
  const transactions = createTransactionCookies({ topology, keys: sessionKeys });
  const sessionCookie = createSessionCookie(config);
  /** Says only that this browser's user has signed out, so that the next sign-in may be another account's. */
  const signedOutCookie = defineCookie(topology.nameCookie('signed-out'), topology);
  const refreshOnce = createRefreshOnce<Session>();
  const endedSessions = createEndedSessions();

  app.addHook('onRequest', createRequestGuard(topology));
  app.addHook('onClose', async () => refreshOnce.close());
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {}; // No body says as much as an empty one.
  });

  app.post(PATHS.start, { schema: START }, async (request, reply): Promise<StartResponse> => {
    const attempt = await transactions.begin(request, reply, provider.redirectUri);
    const isAfterSignOut = request.cookies[signedOutCookie.name] !== undefined;
    const authorizationUrl = await oauthClient.buildAuthorizationUrl({ ...attempt, isAfterSignOut });
    request.log.info({ event: 'sign_in_started' });
    return { authorizationUrl, state: attempt.state, expiresIn: TRANSACTION_SECONDS };
  });

  app.post<{ Body: ExchangeTokenRequest }>(
    PATHS.exchangeToken,
    { schema: EXCHANGE_TOKEN, config: { failureEvent: 'sign_in_failed' } },
    async (request, reply): Promise<TokenResponse> => {
      // State before error before code: an answer to no attempt of this browser's is not looked at any further.
      const { body } = request;
      const { redirectUri, codeVerifier } = await transactions.open(request, reply, body.state);
      if ('error' in body) {
        transactions.clear(reply, body.state);
        throw new ApiError(body.error === 'access_denied' ? 'authorization_denied' : 'authorization_failed');
      }

      const tokens = await oauthClient
        .authorizationCodeGrant({ code: body.code, state: body.state, redirectUri, codeVerifier })
        .catch((error: unknown) => {
          // A code works once (RFC 6749 §4.1.2), so neither does its transaction, unless nobody has seen the code.
          if (!wasNeverSent(error)) transactions.clear(reply, body.state);
          throw error;
        });
      transactions.clear(reply, body.state);

      const session = beginSession(tokens, config);
      await sessionCookie.write(reply, session);
      // A refresh of the session before this one, still under way, must not put its cookie over the new one.
      const replaced = await sessionCookie.peek(request);
      if (replaced) endedSessions.add(replaced);
      if (request.cookies[signedOutCookie.name] !== undefined) signedOutCookie.clear(reply);
      request.log.info({ event: 'sign_in_completed' });
      return toTokenResponse(session);
    },
  );

  app.post(PATHS.session, { schema: SESSION }, async (request, reply): Promise<TokenResponse> => {
    const opened = await openSession(request, reply);
    const session = findLatest(opened);
    if (!hasFreshAccessToken(session)) return refreshSession({ session, request, reply });
    // A cookie that a refresh has overtaken is brought up to date; any other is sealed anew now and then.
    if (session !== opened || isDueForSealing(session)) await sessionCookie.write(reply, session);
    return toTokenResponse(session);
  });

  app.post(PATHS.refreshToken, { schema: REFRESH_TOKEN }, async (request, reply): Promise<TokenResponse> => {
    return refreshSession({ session: await openSession(request, reply), request, reply });
  });

  app.post(PATHS.logout, { schema: LOGOUT }, async (request, reply) => {
    sessionCookie.clear(reply);
    transactions.clearAll(request, reply);
    signedOutCookie.set(reply, { value: '1', maxAgeSeconds: SIGNED_OUT_SECONDS });

    const session = await sessionCookie.peek(request);
    if (session) {
      endedSessions.add(session);
      await revoke(findLatest(session), request);
    }
    request.log.info({ event: 'signed_out' });
    return reply.code(204).send();
  });

  async function openSession(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
    const session = await sessionCookie.open(request, reply);
    refuseEnded(session);
    return session;
  }

  /** Without clearing the cookie: the jar may hold the next session's by the time the answer arrives. */
  function refuseEnded(session: Session): void {
    if (endedSessions.has(session)) throw new ApiError('session_invalid');
  }

  /** A cookie may be some refreshes behind: its holder was sent off before the answer to them had arrived. */
  function findLatest(session: Session): Session {
    const successor = refreshOnce.findRecent(session.tokenSetId);
    return successor ? findLatest(successor) : session;
  }

  async function refreshSession({ session, request, reply }: SessionRequest): Promise<TokenResponse> {
    try {
      await refreshOnce.run(session.tokenSetId, () => refreshTokens(session, request));
    } catch (error) {
      refuseEnded(session);
      if (error instanceof ApiError && error.code === 'session_expired') sessionCookie.clear(reply);
      throw error;
    }
    // Whoever signed out, or in as somebody else, while the provider was thinking, stays so.
    refuseEnded(session);
    const latest = findLatest(session);
    await sessionCookie.write(reply, latest);
    return toTokenResponse(latest);
  }

  async function refreshTokens(session: Session, request: FastifyRequest): Promise<Session> {
    const { refreshToken, scope } = session;
    if (refreshToken === undefined) throw new ApiError('session_expired');
    const refreshed = continueSession(session, await oauthClient.refreshTokenGrant({ refreshToken, scope }));
    request.log.info({ event: 'session_refreshed' });
    if (endedSessions.has(session)) await revoke(refreshed, request);
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
};

interface SessionRequest {
  session: Session;
  request: FastifyRequest;
  reply: FastifyReply;
}

const GUARD_ERRORS = [
  'origin_not_allowed',
  'csrf_header_missing',
  'payload_too_large',
  'unsupported_media_type',
] as const;
const TRANSACTION_ERRORS = ['transaction_not_found', 'transaction_invalid', 'transaction_expired'] as const;
const SESSION_ERRORS = ['no_session', 'session_invalid', 'session_expired', 'session_refused'] as const;
const PROVIDER_ERRORS = [
  'provider_bad_response',
  'provider_misconfigured',
  'provider_unavailable',
  'provider_timeout',
] as const;
const TOKENS = { status: 200, schema: 'TokenResponse' } as const;

const START = routeSchema({
  operationId: 'start',
  summary: 'Begin a sign-in: where to send the window.',
  security: [{ csrf: [] }],
  body: 'EmptyRequest',
  success: { status: 200, schema: 'StartResponse' },
  errors: GUARD_ERRORS,
});
const EXCHANGE_TOKEN = routeSchema({
  operationId: 'exchangeToken',
  summary: 'Finish a sign-in with what the provider answered.',
  security: [{ csrf: [], transaction: [] }],
  body: 'ExchangeTokenRequest',
  success: TOKENS,
  errors: [
    ...GUARD_ERRORS,
    ...TRANSACTION_ERRORS,
    'authorization_denied',
    'authorization_failed',
    'code_rejected',
    ...PROVIDER_ERRORS,
  ],
});
const SESSION = routeSchema({
  operationId: 'session',
  summary: 'The access token of whoever is signed in.',
  security: [{ csrf: [], session: [] }],
  body: 'EmptyRequest',
  success: TOKENS,
  errors: [...GUARD_ERRORS, ...SESSION_ERRORS, ...PROVIDER_ERRORS],
});
const REFRESH_TOKEN = routeSchema({
  operationId: 'refreshToken',
  summary: 'A new access token now.',
  security: [{ csrf: [], session: [] }],
  body: 'EmptyRequest',
  success: TOKENS,
  errors: [...GUARD_ERRORS, ...SESSION_ERRORS, ...PROVIDER_ERRORS],
});
const LOGOUT = routeSchema({
  operationId: 'logout',
  summary: 'Sign out, signed in or not.',
  security: [{ csrf: [] }],
  body: 'EmptyRequest',
  success: { status: 204 },
  errors: GUARD_ERRORS,
});
