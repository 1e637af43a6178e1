import { ERRORS, type ErrorCode } from '@oneclick/shared/error-status';
import { PATHS } from '@oneclick/shared/paths';
import fp from 'fastify-plugin';
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  register as processRegistry,
} from 'prom-client';
import { FLOWS } from '../http/events.ts';
import { RATE_LIMIT_GROUPS } from '../http/rate-limit-groups.ts';
import type { Stores } from '../stores.ts';
import { VERSION } from './version.ts';

/** Up to the time-out of a request to the provider, so that a request without an answer is not counted as a slow one. */
const SECONDS_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 9.5];

const REFUSALS: readonly ErrorCode[] = ['session_expired', 'session_invalid', 'session_refused'];

/** Counts the events of the API for Prometheus. Every label comes from a closed list, none from a request. */
export const metrics = fp<{ stores: Stores }>(async (app, { stores }) => {
  const registry = new Registry();
  const count = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });

  const prepared = count(
    'sign_ins_prepared_total',
    'Transactions created. A page may prepare one before the click.',
    ['flow'],
  );
  const completed = count('sign_ins_completed_total', 'Sign-ins that started a session.', ['flow']);
  const denied = count('sign_ins_denied_total', 'Sign-ins that the user refused at the provider.', ['flow']);
  const failed = count('sign_ins_failed_total', 'Sign-ins that ended with another error.', ['flow', 'code']);
  const refreshes = count('session_refreshes_total', 'Refreshes: `refreshed`, or the error code.', [
    'outcome',
  ]);
  const errors = count('errors_total', 'Answers with an error, by error code.', ['code']);
  const refused = count('sessions_refused_total', 'Sessions that ended or were refused, by error code.', [
    'code',
  ]);
  const limited = count('rate_limited_total', 'Requests above a rate limit, by group of routes.', ['group']);
  const requestSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time until a request was answered, by the pattern of its route. Paths without a route: `none`.',
    labelNames: ['route', 'status'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  const droppedLines = count('log_lines_dropped_total', 'Lines that standard output did not take.', []);
  const providerSeconds = new Histogram({
    name: 'provider_request_duration_seconds',
    help: 'Time until the answer of the provider was read. Outcome: the class of its status, or the error code.',
    labelNames: ['endpoint', 'outcome'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });

  new Gauge({
    name: 'build_info',
    help: 'Always 1. The commit of the build and the version of Node.js are labels.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: VERSION, node: process.version }, 1);
  const { sharedStoreState } = stores;
  if (sharedStoreState) {
    const reachable: Gauge = new Gauge({
      name: 'redis_reachable',
      help: '1 while Redis accepts commands, 0 while it is unreachable or refuses them.',
      registers: [registry],
      collect: () => reachable.set(sharedStoreState() === 'reachable' ? 1 : 0),
    });
  }

  // Otherwise the first failure would create its counter at 1, and `increase()` sees no growth.
  for (const code of Object.keys(ERRORS)) {
    errors.inc({ code }, 0);
    refreshes.inc({ outcome: code }, 0);
    for (const flow of FLOWS) failed.inc({ flow, code }, 0);
  }
  for (const flow of FLOWS) for (const counter of [prepared, completed, denied]) counter.inc({ flow }, 0);
  for (const code of REFUSALS) refused.inc({ code }, 0);
  for (const group of RATE_LIMIT_GROUPS) limited.inc({ group }, 0);

  app.addHook('onResponse', async ({ routeOptions }, { statusCode, elapsedTime }) =>
    requestSeconds.observe({ route: routeOptions.url ?? 'none', status: statusCode }, elapsedTime / 1000),
  );
  app.events.on('user_event', (reported) => {
    if (reported.event === 'sign_in_prepared') prepared.inc({ flow: reported.flow });
    if (reported.event === 'sign_in_completed') completed.inc({ flow: reported.flow });
    if (reported.event === 'session_refreshed') refreshes.inc({ outcome: 'refreshed' });
    if (reported.event === 'session_refresh_failed') refreshes.inc({ outcome: reported.code });
  });
  app.events.on('error_answered', ({ code, event, flow, request }) => {
    errors.inc({ code });
    if (REFUSALS.includes(code)) refused.inc({ code });
    if (code === 'rate_limited') {
      limited.inc({ group: request.routeOptions.config.rateLimitGroup ?? 'unknown' });
    }
    if (flow && event === 'sign_in_denied') denied.inc({ flow });
    if (flow && event === 'sign_in_failed') failed.inc({ flow, code });
  });
  app.events.on('provider_answered', ({ endpoint, outcome, seconds }) =>
    providerSeconds.observe({ endpoint, outcome }, seconds),
  );
  app.events.on('log_line_dropped', () => droppedLines.inc());
  app.addHook('onListen', async () => {
    // Metrics of the process. Tests start several servers in one process.
    if (processRegistry.getMetricsAsArray().length === 0) collectDefaultMetrics();
  });

  app.get(PATHS.metrics, { config: { rateLimitGroup: 'operator' } }, async (_request, reply) => {
    const text = await Registry.merge([processRegistry, registry]).metrics();
    return reply.type(registry.contentType).send(text);
  });
});
