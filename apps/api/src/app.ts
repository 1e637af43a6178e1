import cookie from '@fastify/cookie';
import fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { unmetConditions } from './http/broken-request.ts';
import { cors } from './http/cors.ts';
import { errorHandler } from './http/error-handler.ts';
import { createEventBus } from './http/events.ts';
import { fastifyOptions } from './http/fastify-options.ts';
import { jsonMessages } from './http/json-messages.ts';
import { requestLog, type LogStream } from './http/logging.ts';
import { securityHeaders } from './http/response-headers.ts';
import { shutdown } from './http/shutdown.ts';
import { operations } from './operations/operations.ts';
import { createIncludeUserinfo } from './provider/include-userinfo.ts';
import { createOAuthClient } from './provider/oauth-client.ts';
import { createLimitedFetch } from './provider/limited-fetch.ts';
import { createProviderFetch } from './provider/provider-fetch.ts';
import { createResourceClient } from './provider/resource-client.ts';
import { resourceRoutes } from './provider/resource-routes.ts';
import { identity } from './identity/identity.ts';
import { redis } from './redis/redis.ts';
import { serverSideFlow } from './server-side-flow/server-side-flow.ts';
import { sessionRoutes } from './session/session-routes.ts';
import { sessionUserinfoRoute } from './session/session-userinfo-route.ts';
import { createSessions } from './session/sessions.ts';
import { signInRoutes } from './sign-in/sign-in-routes.ts';
import { createSignIns } from './sign-in/sign-ins.ts';
import { createMemoryStores } from './stores.ts';

/**
 * Builds the API from its configuration. It does not listen.
 *
 * The core consists of http/, provider/, session/ and sign-in/. It works without redis/, server-side-flow/, identity/
 * and operations/: to remove one of them, delete its folder and its lines here.
 */
export async function buildApp(config: Config, logStream?: LogStream): Promise<FastifyInstance> {
  const { topology, provider } = config;
  const app = fastify(fastifyOptions(config, logStream));
  const events = createEventBus(app.log);
  app.decorate('events', events);
  const stores = createMemoryStores();
  await app.register(redis, { config, stores });

  await app.register(securityHeaders, { topology });
  await app.register(requestLog, { logStream });
  await app.register(errorHandler);
  await app.register(cors, { topology });
  await app.register(shutdown, config);
  await app.register(jsonMessages);
  await app.register(cookie);
  await app.register(operations, { config, stores });
  await app.register(unmetConditions);

  const unlimitedFetch = createProviderFetch(provider, events);
  const providerFetch = createLimitedFetch(unlimitedFetch, provider.maxRequestsInFlight);
  const oauthClient = createOAuthClient(config, providerFetch, app.log);
  const resourceClient = createResourceClient(config, providerFetch, app.log);
  const includeUserinfo = createIncludeUserinfo(resourceClient);
  const sessions = createSessions({ ...stores, config, oauthClient });
  const signIns = createSignIns({ ...stores, config, oauthClient, sessions });

  await app.register(signInRoutes, {
    topology,
    redirectUri: provider.redirectUri,
    signIns,
    includeUserinfo,
  });
  await app.register(sessionRoutes, { topology, sessions, includeUserinfo, onSignOut: signIns.forget });
  await app.register(resourceRoutes, { resourceClient });
  await app.register(sessionUserinfoRoute, { topology, sessions, resourceClient });
  await app.register(serverSideFlow, { config, signIns, sessions });
  await app.register(identity, { config, sessions, resourceClient });
  return app;
}
