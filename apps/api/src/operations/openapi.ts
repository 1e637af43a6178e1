import { PATHS } from '@oneclick/shared/paths';
import type { FastifyInstance, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';

/** The paths of the page and its files. */
const PAGE = ['', '/', '/json', '/yaml', '/static/*'].map((path) => PATHS.docs + path);

/**
 * The OpenAPI document of all routes that are registered after this plugin, and a page that shows it. Both are created
 * when first asked for, because their libraries take a third of the start-up time, and most instances are never asked.
 */
export const openapi = fp(async (app) => {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void (route.method === 'HEAD' || routes.push(route)));
  let loading: Promise<FastifyInstance> | undefined;
  const load = () =>
    (loading ??= import('./documentation.ts').then(({ createDocumentation }) => createDocumentation(routes)));
  const describe = async () => (await load()).swagger();
  app.decorate('describeApi', describe);

  const options = { config: { rateLimitGroup: 'operator' } } as const;
  app.get(PATHS.openapi, options, describe);
  for (const path of PAGE) {
    app.get(path, options, async (request, reply) => {
      const documentation = await load();
      const { url, headers } = request;
      const answer = await documentation.inject({ url, headers });
      if (answer.statusCode >= 400) return reply.callNotFound();
      // This header describes the connection to `documentation`, not the one to the browser.
      const { connection: _, ...answerHeaders } = answer.headers;
      return reply.code(answer.statusCode).headers(answerHeaders).send(answer.rawPayload);
    });
  }
});

declare module 'fastify' {
  interface FastifyInstance {
    /** The OpenAPI document. */
    describeApi: () => Promise<object>;
  }
}
