import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from '@oneclick/stack/environment';
import { startProgress } from '@oneclick/stack/progress';
import { build } from 'rolldown';
import { startRedisServer } from '../test/doubles/redis-server.ts';
import { compare, type Measured } from './compare.ts';
import { createHealthProbe } from './health-probe.ts';
import { MEMORY_FLAGS } from '../src/memory-flags.ts';
import { startMeasuredServer, type MeasuredServer } from './measured-server.ts';
import { createVisitors } from './visitors.ts';

/*
 * `pnpm bench` prints what a visit costs the built API, how much a second instance adds, how fast the API starts and how much
 * memory it takes. It has no limits
 * and never fails. `--baseline ../other/apps/api/dist/server.js` compares it with the build of another checkout.
 * `--cpu-only` leaves out the starts and the memory.
 *
 * A visit is a sign-in, five requests for the balance and one refresh, with the headers and cookies of a browser. The
 * visitors, the provider and each server are processes of their own, and only the CPU time of the server counts. For
 * comparison, the same visits go to a pass-through that checks nothing. The rounds alternate between the servers, so that
 * other load on the machine affects all of them: compare the ratios, not the times.
 */

const ROUNDS = 9;
const VISITS_PER_ROUND = 400;
const WARM_UP_VISITS = 1000;
const CONCURRENT_VISITORS = 8;
const STARTS = 9;
const IDLE_MS = 2000;
const MEMORY_VISITS = 100_000;
const MEMORY_STEPS = 10;

const BUILD = join(import.meta.dirname, '../dist/server.js');

const { values: options } = parseArgs({
  options: { baseline: { type: 'string' }, 'cpu-only': { type: 'boolean' } },
});

/** A server to measure. Each start is a new process. */
interface Subject {
  name: string;
  start: () => Promise<MeasuredServer>;
}

const progress = startProgress();
const visitors = createVisitors({ count: CONCURRENT_VISITORS });
const running = new Set<MeasuredServer>();
const folder = await mkdtemp(join(tmpdir(), 'bench-'));
/** The environment of the API. */
let env: Record<string, string> = {};

try {
  const subjects = await prepareSubjects();
  await measureVisits(subjects);
  await measureInstances();
  if (!options['cpu-only']) {
    await measureStarts(subjects);
    await measureMemory(subjects);
  }
} finally {
  progress.stop();
  await Promise.all([...running].map(stop));
  await visitors.close();
  await rm(folder, { recursive: true });
}

/** The pass-through, the baseline if there is one, and the API. Also starts the provider. */
async function prepareSubjects(): Promise<Subject[]> {
  // Bundled like the API, because reading TypeScript would be most of the start of the pass-through.
  const scripts = {
    'instant-provider': new URL('instant-provider.ts', import.meta.url),
    'pass-through': new URL('pass-through.ts', import.meta.url),
    'report-usage': new URL('report-usage.ts', import.meta.url),
  };
  await build({
    input: Object.fromEntries(Object.entries(scripts).map(([name, url]) => [name, fileURLToPath(url)])),
    platform: 'node',
    output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs' },
    logLevel: 'warn',
  });
  const provider = await start({ script: join(folder, 'instant-provider.mjs') });
  env = {
    NODE_ENV: 'production',
    PORT: '0',
    RATE_LIMIT_PER_MINUTE: '1000000000', // All visitors have one address.
    WEB_ORIGIN: 'https://app.example.com',
    OAUTH_PROVIDER: provider.url,
    OAUTH_CLIENT_ID: 'client_1',
    OAUTH_CLIENT_SECRET: 'bench-client-secret',
    SESSION_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
  };
  const passThrough = { script: join(folder, 'pass-through.mjs'), args: [provider.url] };
  // pnpm runs this script in the folder of the package.
  const callersFolder = environment['INIT_CWD'] ?? '.';
  const { baseline } = options;
  return [
    { name: 'pass-through', start: () => start(passThrough) },
    ...(baseline ? [{ name: 'baseline', start: () => start(api(resolve(callersFolder, baseline))) }] : []),
    { name: 'api', start: () => start(api(BUILD)) },
  ];
}

function api(script: string) {
  // The flags are given here, because a process with a channel to its parent can't set them for itself.
  return { script, env, flags: MEMORY_FLAGS };
}

async function start(server: Omit<Parameters<typeof startMeasuredServer>[0], 'preload'>) {
  const preload = pathToFileURL(join(folder, 'report-usage.mjs')).href;
  const started = await startMeasuredServer({ ...server, preload });
  running.add(started);
  return started;
}

async function stop(server: MeasuredServer): Promise<void> {
  running.delete(server);
  await server.stop();
}

async function measureVisits(subjects: Subject[]): Promise<void> {
  const measured = await Promise.all(
    subjects.map(async ({ name, start: startServer }) => {
      const server = await startServer();
      return { name, server, probe: createHealthProbe(server.url), values: [] as number[] };
    }),
  );
  for (const { name, server } of measured) {
    progress.show(`Warming up ${name}`);
    await visitors.visit(server.url, WARM_UP_VISITS);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    progress.show('Rounds of visits', { done: round, total: ROUNDS });
    for (const { server, probe, values } of measured) {
      const before = await server.usage();
      const stopProbing = probe.start();
      await visitors.visit(server.url, VISITS_PER_ROUND);
      await stopProbing();
      values.push(((await server.usage()).cpuMs - before.cpuMs) / VISITS_PER_ROUND);
    }
  }
  print(`\nCPU time per visit: median of ${ROUNDS} rounds of ${VISITS_PER_ROUND} visits`);
  printComparison(measured, (ms) => `${ms.toFixed(2)} ms, ${Math.floor(1000 / ms)} visits/s on one core`);
  print('\nLatency of /healthz meanwhile: 99th percentile');
  for (const { name, probe } of measured) printLine(name, `${probe.percentile(0.99).toFixed(1)} ms`);
  for (const { server, probe } of measured) {
    probe.close();
    await stop(server);
  }
}

/**
 * How many visits per second one instance and two instances serve, each with a core of its own. Computed from the CPU time
 * of the instances, because visitors, provider and Redis take their part of the same machine. The requests of each visit
 * alternate between the two instances, so that they share as much as they ever do.
 */
async function measureInstances(): Promise<void> {
  const redis = await startRedisServer();
  const twiceAsMany = createVisitors({ count: 2 * CONCURRENT_VISITORS }); // As many for each instance.
  try {
    const withRedis = { ...api(BUILD), env: { ...env, REDIS_URL: redis.url } };
    const [first, second] = [await start(withRedis), await start(withRedis)];
    const measured = [
      { name: 'one instance', servers: [first], crowd: visitors, values: [] as number[] },
      { name: 'two instances', servers: [first, second], crowd: twiceAsMany, values: [] as number[] },
    ];
    await twiceAsMany.visit([first.url, second.url], 2 * WARM_UP_VISITS);
    for (let round = 0; round < ROUNDS; round += 1) {
      progress.show('Rounds of visits with Redis', { done: round, total: ROUNDS });
      for (const { servers, crowd, values } of measured) {
        const visits = VISITS_PER_ROUND * servers.length;
        const before = await cpuMsOf(servers);
        await crowd.visit(
          servers.map(({ url }) => url),
          visits,
        );
        const cpuMsPerVisit = ((await cpuMsOf(servers)) - before) / visits;
        values.push((1000 * servers.length) / cpuMsPerVisit);
      }
    }
    print(
      '\nVisits per second with one Redis, each instance on a core of its own, computed from the CPU time',
    );
    printComparison(measured, (visits) => `${Math.floor(visits)} visits/s`);
    await Promise.all([stop(first), stop(second)]);
  } finally {
    await twiceAsMany.close();
    await redis.stop();
  }
}

async function cpuMsOf(servers: MeasuredServer[]): Promise<number> {
  const usages = await Promise.all(servers.map((server) => server.usage()));
  return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

async function measureStarts(subjects: Subject[]): Promise<void> {
  const measured = subjects.map((subject) => ({ ...subject, values: [] as number[] }));
  // The first start fills Node's compile cache and does not count.
  for (let round = 0; round <= STARTS; round += 1) {
    progress.show('Starts', { done: round, total: STARTS + 1 });
    for (const { start: startServer, values } of measured) {
      const server = await startServer();
      if (round > 0) values.push(server.startMs);
      await stop(server);
    }
  }
  print(`\nTime until the server listens: median of ${STARTS} starts`);
  print('(without a second start of Node.js, about 40 ms, when server.js sets its flags itself)');
  printComparison(measured, (ms) => `${ms.toFixed(0)} ms`);
}

async function measureMemory(subjects: Subject[]): Promise<void> {
  print('\nResident memory of an idle server, started with the flags of production');
  for (const { name, start: startServer } of subjects) {
    progress.show('Idle servers');
    const server = await startServer();
    await delay(IDLE_MS);
    printLine(name, await residentMemory(server));
    if (name === 'api') await measureMemoryUnderLoad(server);
    await stop(server);
  }
}

async function measureMemoryUnderLoad(server: MeasuredServer): Promise<void> {
  print('\nResident memory of the api under load');
  const stepVisits = MEMORY_VISITS / MEMORY_STEPS;
  for (let done = stepVisits; done <= MEMORY_VISITS; done += stepVisits) {
    for (let part = 0; part < 10; part += 1) {
      progress.show('Visits', { done: done - stepVisits + (part * stepVisits) / 10, total: MEMORY_VISITS });
      await visitors.visit(server.url, stepVisits / 10);
    }
    printLine(`${done.toLocaleString('en-US')} visits`, await residentMemory(server));
  }
}

async function residentMemory(server: MeasuredServer): Promise<string> {
  return `${((await server.usage()).rssBytes / 2 ** 20).toFixed(0)} MiB`;
}

/** Prints each server's median, and its ratio to each server before it. */
function printComparison(measured: Measured[], describe: (median: number) => string): void {
  for (const { name, median, ratios } of compare(measured)) {
    const inWords = ratios.map(({ to, ratio }) => `, ${ratio.toFixed(2)} x ${to}`);
    printLine(name, describe(median) + inWords.join(''));
  }
}

function printLine(label: string, value: string): void {
  print(`  ${label.padEnd(16)} ${value}`);
}

function print(line: string): void {
  console.log(line);
}
