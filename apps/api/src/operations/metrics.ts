import { Counter, Gauge, Histogram, Registry, register as processRegistry } from 'prom-client';

/** What an operator can count and measure. Every label comes from a closed list, none from a request. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Up to the time-out towards the provider, so that what hangs is seen apart from what is slow. */
const SECONDS_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 9.5];

export function createMetrics({ countOpenTransactions }: { countOpenTransactions: () => number }) {
  const registry = new Registry();
  const registers = [registry];
  void new Gauge({
    name: 'sign_in_transactions_open',
    help: 'Sign-ins begun at this instance that have not ended here, and whose ten minutes are not over.',
    registers,
    collect() {
      this.set(countOpenTransactions());
    },
  });

  return {
    signInsStarted: new Counter({
      name: 'sign_ins_started_total',
      help: 'Sign-ins begun: the provider was to be visited.',
      labelNames: ['flow'],
      registers,
    }),
    signInsCompleted: new Counter({
      name: 'sign_ins_completed_total',
      help: 'Sign-ins that ended in a session.',
      labelNames: ['flow'],
      registers,
    }),
    signInsDenied: new Counter({
      name: 'sign_ins_denied_total',
      help: 'Sign-ins that the user did not allow.',
      labelNames: ['flow'],
      registers,
    }),
    signInsFailed: new Counter({
      name: 'sign_ins_failed_total',
      help: 'Sign-ins that ended otherwise, by error code.',
      labelNames: ['flow', 'code'],
      registers,
    }),
    refreshes: new Counter({
      name: 'session_refreshes_total',
      help: 'Refreshes at the provider. Outcome: refreshed, or an error code.',
      labelNames: ['outcome'],
      registers,
    }),
    errors: new Counter({
      name: 'errors_total',
      help: 'Answers with an error, by error code.',
      labelNames: ['code'],
      registers,
    }),
    providerSeconds: new Histogram({
      name: 'provider_request_duration_seconds',
      help: 'Time until the provider had answered. Outcome: the class of its status, or an error code.',
      labelNames: ['endpoint', 'outcome'],
      buckets: SECONDS_BUCKETS,
      registers,
    }),

    contentType: registry.contentType,
    /** Prometheus text: these, and what prom-client tells of the process if server.ts has asked it to. */
    render: async (): Promise<string> => Registry.merge([processRegistry, registry]).metrics(),
  };
}
