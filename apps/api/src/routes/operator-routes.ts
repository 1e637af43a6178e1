import type { FastifyPluginAsync } from 'fastify';
import { PATHS } from '@oneclick/shared/paths';
import { routeSchema } from '../route-schemas.ts';

/** The routes for those who run the API or build on it. */
export const operatorRoutes: FastifyPluginAsync = async (app) => {
  app.get(PATHS.healthz, { schema: HEALTHZ }, async () => ({ status: 'ok' }));
  app.get(PATHS.openapi, { schema: OPENAPI }, async () => app.swagger());
};

const HEALTHZ = routeSchema({
  operationId: 'healthz',
  summary: 'The process is alive.',
  success: { status: 200, schema: 'HealthResponse' },
  errors: [],
});
const OPENAPI = {
  operationId: 'openapi',
  summary: 'This document, made from the schemas that validate.',
  response: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
};
