import {
  ServerSideCallbackQuery,
  ServerSideStartQuery,
  type ExchangeTokenRequest,
} from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { reportError, sendError } from '../http/error-handler.ts';
import type { Sessions } from '../session/sessions.ts';
import { isDenial } from '../sign-in/is-denial.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';
import { createNavigationCheck } from './navigation-check.ts';
import { parseReturnPath } from './return-path.ts';

interface ServerSideFlowOptions {
  config: Config;
  signIns: SignIns;
  sessions: Sessions;
}

/**
 * A sign-in without a script: the page itself goes to the provider and comes back signed in. Its routes are
 * navigations, which carry neither an `Origin` nor a header of ours. Fetch Metadata protects the first, the transaction
 * cookie the second.
 */
export const serverSideFlow: FastifyPluginAsync<ServerSideFlowOptions> = async (app, options) => {
  const { config, signIns, sessions } = options;
  const { topology, webOrigin } = config;
  const redirectUri = config.provider.serverRedirectUri;
  if (redirectUri === undefined) return;

  app.get<{ Querystring: ServerSideStartQuery }>(
    PATHS.serverSideStart,
    {
      schema: { querystring: ServerSideStartQuery },
      config: { rateLimitGroup: 'sign-in' },
      exposeHeadRoute: false,
      onRequest: createNavigationCheck(topology),
      errorHandler: (error, request, reply) =>
        opensPage(request) ? redirectWithError(error, request, reply) : sendError(request, reply, error),
    },
    async (request, reply) => {
      const session = sessions.peek(request);
      signIns.prepare(request, reply, {
        transaction: {
          flow: 'server-side',
          redirectUri,
          returnPath: parseReturnPath(request.query.return_to, webOrigin),
          replaces: session && { sessionId: session.sessionId, endsAt: session.endsAt },
        },
        setLocation: (authorizationUrl) => void reply.header('location', authorizationUrl),
      });
      return reply.code(302).send();
    },
  );

  app.get<{ Querystring: ServerSideCallbackQuery }>(
    PATHS.serverSideCallback,
    {
      schema: { querystring: ServerSideCallbackQuery },
      config: {
        rateLimitGroup: 'sign-in',
        endsSignIn: 'server-side',
        findAdmission: signIns.findPending,
      },
      exposeHeadRoute: false,
      errorHandler: redirectWithError,
    },
    async (request, reply) => {
      const response = readAuthorizationResponse(request.query);
      await signIns.exchangeCode(request, reply, {
        flow: 'server-side',
        response,
        setLocation: (returnPath) =>
          void reply.header('location', locationOf(returnPath, { login: 'success' })),
      });
      return reply.code(302).send();
    },
  );

  /** For a person. The web app has a text for every code. */
  function redirectWithError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const { code } = reportError(request, error);
    void reply.redirect(locationOf('/', { error: code }));
  }

  function locationOf(path: string, outcome: { login: 'success' } | { error: string }): string {
    const url = new URL(webOrigin + path);
    for (const name of ['login', 'error']) url.searchParams.delete(name);
    for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
    return url.href;
  }
};

/** Whether a person would see the answer as a page. An older browser does not say so, but asks for HTML. */
function opensPage({ headers }: FastifyRequest): boolean {
  const { 'sec-fetch-dest': destination, accept } = headers;
  return destination === undefined ? accept?.includes('text/html') === true : destination === 'document';
}

/** If the response has an error, its code is ignored. An error without `state` belongs to no transaction. */
function readAuthorizationResponse({ state, code, error }: ServerSideCallbackQuery): ExchangeTokenRequest {
  if (error !== undefined) {
    if (state) return { state, error };
    throw new ApiError(isDenial(error) ? 'authorization_denied' : 'authorization_failed');
  }
  if (code !== undefined && state) return { state, code };
  throw new ApiError('invalid_request');
}
