import { EmptyRequest } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { reportEvent } from '../http/events.ts';
import { createOriginCheck } from '../http/origin-check.ts';
import type { Topology } from '../topology.ts';
import type { Sessions } from './sessions.ts';

interface SessionRoutesOptions {
  topology: Topology;
  sessions: Sessions;
  onSignOut: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/** The routes of a signed-in user, by session cookie. */
export const sessionRoutes: FastifyPluginAsync<SessionRoutesOptions> = async (app, options) => {
  const { topology, sessions, onSignOut } = options;
  app.addHook('onRequest', createOriginCheck(topology));

  app.post(PATHS.session, OPTIONS, sessions.current);
  app.post(PATHS.refreshToken, OPTIONS, sessions.refresh);
  app.post(PATHS.logout, OPTIONS, async (request, reply) => {
    await sessions.end(request, reply);
    await onSignOut(request, reply);
    reportEvent(request, { event: 'signed_out' });
    return reply.code(204).send();
  });
};

const OPTIONS = { schema: { body: EmptyRequest }, config: { rateLimitGroup: 'session' } } as const;
