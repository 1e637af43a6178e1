import { Userinfo } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import { createReadOriginCheck } from '../http/read-origin-check.ts';
import type { ResourceClient } from '../provider/resource-client.ts';
import type { Topology } from '../topology.ts';
import type { Sessions } from './sessions.ts';

interface SessionUserinfoRouteOptions {
  topology: Topology;
  sessions: Sessions;
  resourceClient: ResourceClient;
}

/** The account by session cookie: for a page without an access token, and for a server of the app that forwards the cookie. */
export const sessionUserinfoRoute: FastifyPluginAsync<SessionUserinfoRouteOptions> = async (app, options) => {
  const { topology, sessions, resourceClient } = options;

  app.get(
    PATHS.sessionUserinfo,
    {
      schema: { response: { 200: Userinfo } },
      config: { rateLimitGroup: 'resources' },
      onRequest: [requireSessionCookie, createReadOriginCheck(topology)],
    },
    async (request, reply): Promise<Userinfo> => {
      const { access_token } = await sessions.current(request, reply);
      return resourceClient.fetchUserinfo(access_token);
    },
  );

  /** Without a session cookie every caller gets the same answer, so the origin does not matter. */
  async function requireSessionCookie(request: FastifyRequest): Promise<void> {
    if (!sessions.hasCookie(request)) throw new ApiError('no_session');
  }
};
