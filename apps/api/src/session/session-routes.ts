import { EmptyRequest, TokenQuery, TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { reportEvent } from '../http/events.ts';
import { createOriginCheck } from '../http/origin-check.ts';
import type { IncludeUserinfo } from '../provider/include-userinfo.ts';
import type { Topology } from '../topology.ts';
import type { Sessions } from './sessions.ts';

interface SessionRoutesOptions {
  topology: Topology;
  sessions: Sessions;
  includeUserinfo: IncludeUserinfo;
  onSignOut: (request: FastifyRequest, reply: FastifyReply) => void;
}

/** The routes of a signed-in user, by session cookie. */
export const sessionRoutes: FastifyPluginAsync<SessionRoutesOptions> = async (app, options) => {
  const { topology, sessions, includeUserinfo, onSignOut } = options;
  app.addHook('onRequest', createOriginCheck(topology));

  app.post<{ Querystring: TokenQuery }>(PATHS.session, TOKENS_AND_USERINFO, async (request, reply) => {
    return includeUserinfo(request, await sessions.current(request, reply));
  });
  app.post(PATHS.refreshToken, TOKENS, sessions.refresh);
  app.post(PATHS.logout, LOGOUT, async (request, reply) => {
    await sessions.end(request, reply);
    onSignOut(request, reply);
    reportEvent(request, { event: 'signed_out' });
    return reply.code(204).send();
  });
};

const config = { rateLimitGroup: 'session' } as const;
const TOKENS = { schema: { body: EmptyRequest, response: { 200: TokenResponse } }, config };
const TOKENS_AND_USERINFO = { schema: { ...TOKENS.schema, querystring: TokenQuery }, config };
const LOGOUT = { schema: { body: EmptyRequest }, config };
