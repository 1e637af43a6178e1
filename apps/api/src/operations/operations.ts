import fp from 'fastify-plugin';
import type { Config } from '../config.ts';
import type { Stores } from '../stores.ts';
import { metrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { probes } from './probes.ts';
import { rateLimits } from './rate-limits.ts';
import { reloadSecrets } from './reload-secrets.ts';
import { startReport } from './start-report.ts';

interface OperationsOptions {
  config: Config;
  stores: Stores;
}

/** What operators need. Registered before the routes, so that the rate limits and the OpenAPI document cover them. */
export const operations = fp<OperationsOptions>(async (app, { config, stores }) => {
  await app.register(rateLimits, { perMinute: config.rateLimitPerMinute, store: stores.rateLimits });
  await app.register(openapi);
  await app.register(metrics, { stores });
  await app.register(probes, { stores });
  await app.register(startReport, { config });
  await app.register(reloadSecrets, { config });
});
