import type { ReadinessResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync } from 'fastify';
import { describeRoute, json } from '../http/route-schemas.ts';
import type { Stores } from '../stores.ts';

/** The routes that a load balancer polls. They have no rate limit: it must always get an answer. */
export const probes: FastifyPluginAsync<{ stores: Stores }> = async (app, { stores }) => {
  app.get(PATHS.healthz, HEALTHZ, async () => ({ status: 'ok' }));

  app.get(PATHS.readyz, READYZ, async (_request, reply): Promise<ReadinessResponse> => {
    if (!stores.isRedisReachable) return { status: 'ok' };
    if (stores.isRedisReachable()) return { status: 'ok', redis: 'reachable' };
    reply.code(503);
    return { status: 'unavailable', redis: 'unreachable' };
  });
};

const HEALTHZ = describeRoute({
  operationId: 'healthz',
  summary: 'Whether the process is alive.',
  success: json('HealthResponse'),
  errors: [],
});
const READYZ = describeRoute({
  operationId: 'readyz',
  summary: 'Whether the process can serve. Answers 503 while a configured Redis is unreachable.',
  success: json('ReadinessResponse'),
  failure: { status: 503, schema: 'ReadinessResponse' },
  errors: [],
});
