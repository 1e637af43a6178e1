import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { reportEvent } from '../http/events.ts';
import { createOriginCheck, ORIGIN_ERRORS } from '../http/origin-check.ts';
import { describeRoute, empty, json } from '../http/route-schemas.ts';
import type { Topology } from '../topology.ts';
import { SESSION_ERRORS, type Sessions } from './sessions.ts';

interface SessionRoutesOptions {
  topology: Topology;
  sessions: Sessions;
  onSignOut: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/** The routes of a signed-in user, by session cookie. */
export const sessionRoutes: FastifyPluginAsync<SessionRoutesOptions> = async (app, options) => {
  const { topology, sessions, onSignOut } = options;
  app.addHook('onRequest', createOriginCheck(topology));

  app.post(PATHS.session, SESSION, sessions.current);
  app.post(PATHS.refreshToken, REFRESH_TOKEN, sessions.refresh);
  app.post(PATHS.logout, LOGOUT, async (request, reply) => {
    await sessions.end(request, reply);
    await onSignOut(request, reply);
    reportEvent(request, { event: 'signed_out' });
    return reply.code(204).send();
  });
};

const COMMON = { config: { rateLimitGroup: 'session' }, body: 'EmptyRequest' } as const;

const SESSION = describeRoute({
  ...COMMON,
  operationId: 'session',
  summary: 'Returns the access token of the session. Refreshes it only if it is about to expire.',
  security: [{ csrf: [], session: [] }],
  success: json('TokenResponse'),
  errors: [...ORIGIN_ERRORS, ...SESSION_ERRORS],
});
const REFRESH_TOKEN = describeRoute({
  ...COMMON,
  operationId: 'refreshToken',
  summary: 'Refreshes the access token now.',
  security: [{ csrf: [], session: [] }],
  success: json('TokenResponse'),
  errors: [...ORIGIN_ERRORS, ...SESSION_ERRORS],
});
const LOGOUT = describeRoute({
  ...COMMON,
  operationId: 'logout',
  summary: 'Ends the session. Succeeds without a session too.',
  security: [{ csrf: [] }],
  success: empty(204),
  errors: ORIGIN_ERRORS,
});
