import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

/* Between the messages `start` and `stop`, requests the URL in its argument and then answers with the latencies. */

const INTERVAL_MS = 10;

const [url = ''] = process.argv.slice(2);
const dispatcher = new Agent({ connections: 1, keepAliveTimeout: 30_000 });
const state = { isProbing: false };

async function probe(): Promise<void> {
  const latencies: number[] = [];
  while (state.isProbing) {
    const startedAt = performance.now();
    const { body } = await request(url, { dispatcher });
    await body.dump();
    latencies.push(performance.now() - startedAt);
    await delay(INTERVAL_MS);
  }
  process.send?.(latencies);
}

process.on('message', (message) => {
  state.isProbing = message === 'start';
  if (state.isProbing) void probe();
});
process.once('disconnect', () => process.exit());
