import { fork } from 'node:child_process';
import { once } from 'node:events';
import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';

/** Measures how long a server takes to answer `/healthz` while it serves visitors. */
export interface HealthProbe {
  /** @returns stops probing */
  start: () => () => Promise<void>;
  /** Of all latencies so far, in milliseconds. */
  percentile: (share: number) => number;
  close: () => void;
}

/** Probes from a process of its own, because the visitors keep this process busy. */
export function createHealthProbe(serverUrl: string): HealthProbe {
  const child = fork(new URL('probe-health.ts', import.meta.url), [serverUrl + PATHS.healthz]);
  const latencies: number[] = [];
  return {
    start() {
      child.send('start');
      return async () => {
        const answer = once(child, 'message');
        child.send('stop');
        const [measured] = await answer;
        latencies.push(...v.parse(v.array(v.number()), measured));
      };
    },
    percentile: (share) =>
      latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * share)] ?? Number.NaN,
    close: () => void child.kill(),
  };
}
