import swaggerUi from '@fastify/swagger-ui';
import type { FastifyPluginAsync } from 'fastify';
import type { ReadinessResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { Metrics } from './metrics.ts';
import { routeSchema } from '../http/route-schemas.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';

interface OperatorRoutesOptions {
  metrics: Metrics;
  redis: RedisConnection | undefined;
}

/** The routes for those who run the API or build on it. */
export const operatorRoutes: FastifyPluginAsync<OperatorRoutesOptions> = async (app, options) => {
  const { metrics, redis } = options;
  app.get(PATHS.healthz, { schema: HEALTHZ }, async () => ({ status: 'ok' }));
  app.get(PATHS.readyz, { schema: READYZ }, async (_request, reply): Promise<ReadinessResponse> => {
    if (!redis) return { status: 'ok' };
    if (redis.isReachable()) return { status: 'ok', redis: 'reachable' };
    reply.code(503);
    return { status: 'unavailable', redis: 'unreachable' };
  });
  app.get(PATHS.metrics, { schema: METRICS, config: OPERATOR }, async (_request, reply) => {
    return reply.type(metrics.contentType).send(await metrics.render());
  });
  await app.register(documentationPage);
  app.get(PATHS.openapi, { schema: OPENAPI, config: OPERATOR }, async () => app.swagger());
};

/** For people: the document, to read and not to try out, since what is tried here would happen. */
const documentationPage: FastifyPluginAsync = async (app) => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...OPERATOR };
  });
  await app.register(swaggerUi, {
    routePrefix: PATHS.docs,
    staticCSP: PAGE_CSP,
    theme: { title: 'One-click sign-in: API' },
    uiConfig: { layout: 'BaseLayout', supportedSubmitMethods: [], defaultModelsExpandDepth: 0 },
  });
};

/** All of the page is served from here. Its icons are data URLs. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Who asks whether the process is alive is not counted: there may be many of them, and they must get an answer. */
const OPERATOR = { rateLimitGroup: 'operator' } as const;

const HEALTHZ = routeSchema({
  operationId: 'healthz',
  summary: 'The process is alive.',
  success: { status: 200, schema: 'HealthResponse' },
  errors: [],
});
const READYZ = routeSchema({
  operationId: 'readyz',
  summary: 'The process is able to serve: 503 while its Redis, if it has one, cannot be reached.',
  success: { status: 200, schema: 'ReadinessResponse' },
  failure: { status: 503, schema: 'ReadinessResponse' },
  errors: [],
});
const METRICS = {
  operationId: 'metrics',
  summary: 'What happened so far, for Prometheus.',
  response: {
    200: { description: 'Prometheus text', content: { 'text/plain': { schema: { type: 'string' } } } },
  },
};
const OPENAPI = {
  operationId: 'openapi',
  summary: 'This document, made from the schemas that validate.',
  response: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
};
