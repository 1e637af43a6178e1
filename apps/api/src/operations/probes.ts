import { ErrorResponse, HealthResponse, ReadinessResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync } from 'fastify';
import * as v from 'valibot';
import { shuttingDown } from '../http/shutdown.ts';
import type { Stores } from '../stores.ts';

/** The routes that a load balancer polls. They have no rate limit: it must always get an answer. */
export const probes: FastifyPluginAsync<{ stores: Stores }> = async (app, { stores }) => {
  app.get(PATHS.healthz, { schema: { response: { 200: HealthResponse } } }, async () => ({ status: 'ok' }));

  app.get(PATHS.readyz, READINESS, async (_request, reply): Promise<ReadinessResponse> => {
    // Requests may still be served, so that load balancers notice this first.
    if (app.isShuttingDown()) throw shuttingDown();
    const redis = stores.sharedStoreState?.();
    if (redis === undefined) return { status: 'ok' };
    if (redis === 'reachable') return { status: 'ok', redis };
    reply.code(503);
    return { status: 'unavailable', redis };
  });
};

const READINESS = {
  schema: { response: { 200: ReadinessResponse, 503: v.union([ReadinessResponse, ErrorResponse]) } },
};
