import fp from 'fastify-plugin';
import type { Stores } from '../stores.ts';
import { metrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { probes } from './probes.ts';

interface OperationsOptions {
  stores: Stores;
}

/** What operators need. Registered before the routes, so that the OpenAPI document contains them. */
export const operations = fp<OperationsOptions>(async (app, { stores }) => {
  await app.register(openapi);
  await app.register(metrics);
  await app.register(probes, { stores });
});
