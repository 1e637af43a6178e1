import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import {
  ServerSideCallbackQuery,
  ServerSideStartQuery,
  type ExchangeTokenRequest,
  type Userinfo,
} from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { Config } from '../config.ts';
import type { ErrorReport } from '../http/error-report.ts';
import { ApiError } from '../http/api-error.ts';
import { createReadGuard, createNavigationGuard } from '../http/origin-check.ts';
import type { ResourceClient } from '../provider/resource-client.ts';
import { parseReturnPath } from './return-path.ts';
import { routeSchema } from '../http/route-schemas.ts';
import { toTokenResponse } from '../session/session-cookie.ts';
import type { Sessions } from '../session/sessions.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';

interface ServerSideRoutesOptions {
  config: Config;
  /** Where the provider sends the browser. */
  redirectUri: string;
  signIns: SignIns;
  sessions: Sessions;
  resourceClient: ResourceClient;
  reportError: ErrorReport;
}

/**
 * The server-side flow: no script takes part, the page itself goes to the provider and comes back signed in. Its
 * first two routes are navigations, which carry neither an Origin nor a header of ours, so they are guarded otherwise:
 * the first by Fetch Metadata, the second by the transaction cookie of its state.
 */
export const serverSideRoutes: FastifyPluginAsync<ServerSideRoutesOptions> = async (app, options) => {
  const { config, redirectUri, signIns, sessions, resourceClient, reportError } = options;
  const { topology, webOrigin } = config;

  app.get<{ Querystring: ServerSideStartQuery }>(
    PATHS.serverSideStart,
    {
      schema: START,
      exposeHeadRoute: false,
      config: { rateLimitGroup: 'sign-in' },
      onRequest: createNavigationGuard(topology),
    },
    async (request, reply) => {
      const returnPath = parseReturnPath(request.query.return_to, webOrigin);
      const { authorizationUrl } = await signIns.beginRedirect({ redirectUri, returnPath }, request, reply);
      return reply.redirect(authorizationUrl);
    },
  );

  app.get<{ Querystring: ServerSideCallbackQuery }>(
    PATHS.serverSideCallback,
    {
      schema: CALLBACK,
      exposeHeadRoute: false,
      config: { rateLimitGroup: 'sign-in', endsSignIn: 'redirect' },
      // Whoever looks at this page is a person on the way back to the web app, which has words for every code.
      errorHandler: (error, request, reply) => {
        const { code } = reportError(error, request);
        void reply.redirect(locationOf('/', { error: code }));
      },
    },
    async (request, reply) => {
      const response = readAuthorizationResponse(request.query);
      const { returnPath } = await signIns.finish({ flow: 'redirect', response }, request, reply);
      return reply.redirect(locationOf(returnPath, { login: 'success' }));
    },
  );

  app.get(
    PATHS.sessionUserinfo,
    {
      schema: USERINFO,
      config: { rateLimitGroup: 'resources' },
      onRequest: [requireSessionCookie, createReadGuard(topology)],
    },
    async (request, reply): Promise<Userinfo> => {
      const session = await sessions.current(request, reply);
      return resourceClient.fetchUserinfo(toTokenResponse(session).access_token);
    },
  );

  /** Where nobody is signed in there is nothing to guard, and the answer is the same whoever asks. */
  async function requireSessionCookie(request: FastifyRequest): Promise<void> {
    if (!sessions.isPresent(request)) throw new ApiError('no_session');
  }

  function locationOf(path: string, outcome: { login: 'success' } | { error: string }): string {
    const url = new URL(webOrigin + path);
    for (const name of ['login', 'error']) url.searchParams.delete(name);
    for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
    return url.href;
  }
};

/** With an error, a code means nothing. */
function readAuthorizationResponse({ state, code, error }: ServerSideCallbackQuery): ExchangeTokenRequest {
  if (error !== undefined) return { state, error };
  if (code !== undefined) return { state, code };
  throw new ApiError('invalid_request');
}

const START = routeSchema({
  operationId: 'serverSideStart',
  summary: 'Begin a sign-in of the page itself: to the provider.',
  querystring: ServerSideStartQuery,
  success: { status: 302 },
  errors: ['origin_not_allowed', 'rate_limited'],
});
const CALLBACK = routeSchema({
  operationId: 'serverSideCallback',
  summary: 'The way back from the provider: to the web app, with `login=success` or with `error`, a code.',
  security: [{ transaction: [] }],
  querystring: ServerSideCallbackQuery,
  success: { status: 302 },
});
const USERINFO = routeSchema({
  operationId: 'sessionUserinfo',
  summary: 'Who is signed in by the session cookie, and their balance if the scope covers it.',
  security: [{ csrf: [], session: [] }],
  success: { status: 200, schema: 'Userinfo' },
  errors: [
    'origin_not_allowed',
    'csrf_header_missing',
    'no_session',
    'session_invalid',
    'session_expired',
    'session_refused',
    'invalid_token',
    'insufficient_scope',
    'rate_limited',
    'provider_bad_response',
    'provider_misconfigured',
    'provider_unavailable',
    'provider_timeout',
  ],
});
