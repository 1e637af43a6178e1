import type { FastifyPluginAsync } from 'fastify';
import type { ExchangeTokenRequest, StartResponse, TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import { createRequestGuard } from '../http/origin-check.ts';
import { routeSchema } from '../http/route-schemas.ts';
import { toTokenResponse } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';
import type { Topology } from '../topology.ts';
import { TRANSACTION_SECONDS } from '../sign-in/transaction-cookie.ts';

interface CookieRoutesOptions {
  topology: Topology;
  signIns: SignIns;
  sessions: Sessions;
}

/** The routes that trust a cookie, and so have to know who sends it. */
export const cookieRoutes: FastifyPluginAsync<CookieRoutesOptions> = async (app, options) => {
  const { topology, signIns, sessions } = options;

  app.addHook('onRequest', createRequestGuard(topology));
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {}; // No body says as much as an empty one.
  });

  app.post(
    PATHS.start,
    { schema: START, config: SIGN_IN },
    async (request, reply): Promise<StartResponse> => {
      return { ...(await signIns.begin(request, reply)), expiresIn: TRANSACTION_SECONDS };
    },
  );

  app.post<{ Body: ExchangeTokenRequest }>(
    PATHS.exchangeToken,
    { schema: EXCHANGE_TOKEN, config: { ...SIGN_IN, endsSignIn: 'popup' } },
    async (request, reply): Promise<TokenResponse> => {
      const answer = { flow: 'popup', response: request.body } as const;
      const { session } = await signIns.finish(answer, request, reply);
      return toTokenResponse(session);
    },
  );

  app.post(
    PATHS.session,
    { schema: SESSION, config: OF_SESSION },
    async (request, reply): Promise<TokenResponse> => {
      return toTokenResponse(await sessions.current(request, reply));
    },
  );

  app.post(
    PATHS.refreshToken,
    { schema: REFRESH_TOKEN, config: OF_SESSION },
    async (request, reply): Promise<TokenResponse> => {
      return toTokenResponse(await sessions.refresh(request, reply));
    },
  );

  app.post(PATHS.logout, { schema: LOGOUT, config: OF_SESSION }, async (request, reply) => {
    await sessions.end(request, reply);
    await signIns.forget(request, reply);
    request.log.info({ event: 'signed_out' });
    return reply.code(204).send();
  });
};

const SIGN_IN = { rateLimitGroup: 'sign-in' } as const;
const OF_SESSION = { rateLimitGroup: 'session' } as const;

const GUARD_ERRORS = [
  'origin_not_allowed',
  'csrf_header_missing',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
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
    'transaction_replayed',
    ...PROVIDER_ERRORS,
  ],
});
const SESSION = routeSchema({
  operationId: 'session',
  summary: 'The access token of whoever is signed in.',
  security: [{ csrf: [], session: [] }],
  body: 'EmptyRequest',
  success: TOKENS,
  errors: [...GUARD_ERRORS, ...SESSION_ERRORS, 'refresh_in_progress', ...PROVIDER_ERRORS],
});
const REFRESH_TOKEN = routeSchema({
  operationId: 'refreshToken',
  summary: 'A new access token now.',
  security: [{ csrf: [], session: [] }],
  body: 'EmptyRequest',
  success: TOKENS,
  errors: [...GUARD_ERRORS, ...SESSION_ERRORS, 'refresh_in_progress', ...PROVIDER_ERRORS],
});
const LOGOUT = routeSchema({
  operationId: 'logout',
  summary: 'Sign out, signed in or not.',
  security: [{ csrf: [] }],
  body: 'EmptyRequest',
  success: { status: 204 },
  errors: GUARD_ERRORS,
});
