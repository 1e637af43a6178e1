import type { FastifyPluginAsync } from 'fastify';
import type { ReadinessResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import { routeSchema } from '../route-schemas.ts';
import type { RedisConnection } from '../session/redis-connection.ts';

interface OperatorRoutesOptions {
  redis: RedisConnection | undefined;
}

/** The routes for those who run the API or build on it. */
export const operatorRoutes: FastifyPluginAsync<OperatorRoutesOptions> = async (app, { redis }) => {
  app.get(PATHS.healthz, { schema: HEALTHZ }, async () => ({ status: 'ok' }));
  app.get(PATHS.readyz, { schema: READYZ }, async (_request, reply): Promise<ReadinessResponse> => {
    if (!redis) return { status: 'ok' };
    if (redis.isReachable()) return { status: 'ok', redis: 'reachable' };
    reply.code(503);
    return { status: 'unavailable', redis: 'unreachable' };
  });
  app.get(PATHS.openapi, { schema: OPENAPI }, async () => app.swagger());
};

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
const OPENAPI = {
  operationId: 'openapi',
  summary: 'This document, made from the schemas that validate.',
  response: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
};
