import { randomBytes } from 'node:crypto';
import { Agent } from 'undici';
import { startMeasuredServer, type MeasuredServer } from './measured-server.ts';
import { visit } from './visit.ts';

/*
 * `pnpm bench` prints the CPU time per visit and the memory of the built API. It has no limits and never fails.
 *
 * A visit is a sign-in, five requests for the balance and one refresh, with the headers and cookies of a browser. The
 * visitors, the provider and the server are three processes, and only the CPU time of the server counts. For comparison
 * the same visits go to a pass-through that checks nothing. The rounds alternate between both servers, so that other
 * load on the machine affects both.
 */

const ROUNDS = 9;
const VISITS_PER_ROUND = 400;
const WARM_UP_VISITS = 1000;
const CONCURRENT_VISITORS = 8;
const MEMORY_VISITS = 100_000;
const MEMORY_STEPS = 10;

const BUILT_SERVER = new URL('../dist/server.js', import.meta.url);

const dispatcher = new Agent({ connections: CONCURRENT_VISITORS, keepAliveTimeout: 30_000 });
const servers: MeasuredServer[] = [];

try {
  const provider = await start({ script: new URL('instant-provider.ts', import.meta.url) });
  const passThrough = await start({
    script: new URL('pass-through.ts', import.meta.url),
    args: [provider.url],
  });
  const api = await start({
    script: BUILT_SERVER,
    env: {
      NODE_ENV: 'production',
      PORT: '0',
      RATE_LIMIT_PER_MINUTE: '1000000000', // All visitors have one address.
      WEB_ORIGIN: 'https://app.example.com',
      OAUTH_PROVIDER: provider.url,
      OAUTH_CLIENT_ID: 'client_1',
      OAUTH_CLIENT_SECRET: 'bench-client-secret',
      SESSION_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
    },
  });

  await measureCpu(passThrough, api);
  if (!process.argv.includes('--cpu-only')) await measureMemory(api);
} finally {
  await Promise.all(servers.map(({ stop }) => stop()));
  await dispatcher.close();
}

async function measureCpu(passThrough: MeasuredServer, api: MeasuredServer): Promise<void> {
  for (const server of [passThrough, api]) await makeVisits(server, WARM_UP_VISITS);
  console.log(`CPU per visit, in ms, ${ROUNDS} rounds of ${VISITS_PER_ROUND} visits`);
  const rounds: { passThrough: number; api: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ passThrough: await cpuPerVisit(passThrough), api: await cpuPerVisit(api) });
  }
  const passThroughMs = median(rounds.map((round) => round.passThrough));
  const apiMs = median(rounds.map((round) => round.api));
  print('pass-through', passThroughMs.toFixed(3));
  print('api', apiMs.toFixed(3));
  print('ratio', (apiMs / passThroughMs).toFixed(2));
}

async function measureMemory(api: MeasuredServer): Promise<void> {
  console.log(`\nResident memory of the api over ${MEMORY_VISITS} visits, in MB`);
  for (let step = 0; step <= MEMORY_STEPS; step += 1) {
    if (step > 0) await makeVisits(api, MEMORY_VISITS / MEMORY_STEPS);
    print(`after ${(step * MEMORY_VISITS) / MEMORY_STEPS}`, ((await api.usage()).rssBytes / 1e6).toFixed(0));
  }
}

async function start(options: Parameters<typeof startMeasuredServer>[0]): Promise<MeasuredServer> {
  const server = await startMeasuredServer(options);
  servers.push(server);
  return server;
}

async function cpuPerVisit(server: MeasuredServer): Promise<number> {
  const before = await server.usage();
  await makeVisits(server, VISITS_PER_ROUND);
  return ((await server.usage()).cpuMs - before.cpuMs) / VISITS_PER_ROUND;
}

async function makeVisits({ url }: MeasuredServer, count: number): Promise<void> {
  let left = count;
  const runVisitor = async () => {
    while (left > 0) {
      left -= 1;
      await visit(url, dispatcher);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_VISITORS }, runVisitor));
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function print(label: string, value: string): void {
  console.log(`  ${label.padEnd(20)} ${value}`);
}
