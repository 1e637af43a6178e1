import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync } from 'fastify';
import {
  collectDefaultMetrics,
  Counter,
  Histogram,
  Registry,
  register as processRegistry,
} from 'prom-client';

/** Up to the time-out of a request to the provider, so that a request without an answer is not counted as a slow one. */
const SECONDS_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 9.5];

/** Counts the events of the API for Prometheus. Every label comes from a closed list, none from a request. */
export const metrics: FastifyPluginAsync = async (app) => {
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
  const droppedLines = count('log_lines_dropped_total', 'Lines that standard output did not take.', []);
  const providerSeconds = new Histogram({
    name: 'provider_request_duration_seconds',
    help: 'Time until the answer of the provider was read. Outcome: the class of its status, or the error code.',
    labelNames: ['endpoint', 'outcome'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });

  app.events.on('user_event', (reported) => {
    if (reported.event === 'sign_in_prepared') prepared.inc({ flow: reported.flow });
    if (reported.event === 'sign_in_completed') completed.inc({ flow: reported.flow });
    if (reported.event === 'session_refreshed') refreshes.inc({ outcome: 'refreshed' });
    if (reported.event === 'session_refresh_failed') refreshes.inc({ outcome: reported.code });
  });
  app.events.on('error_answered', ({ code, event, flow }) => {
    errors.inc({ code });
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
};
