import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test, vi } from 'vitest';
import { fakePart, isRunning, processIdsIn } from './fake-part.ts';
import { startParts, type Part, type RunningParts } from './run-parts.ts';

const lines: string[] = [];
let running: RunningParts | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
  lines.length = 0;
});

function collect(part: string, line: string): void {
  lines.push(`${part}: ${line}`);
}

async function start(parts: Part[], options: Partial<Parameters<typeof startParts>[0]> = {}) {
  running = await startParts({ parts, onLine: collect, ...options });
  return running;
}

function processIds(): number[] {
  return processIdsIn(lines.join('\n'));
}

test('starts all parts, says how long each took, and hands on what they print', async () => {
  const { readyAfterMs } = await start([await fakePart('ready', 'api'), await fakePart('ready', 'web')]);
  expect(Object.keys(readyAfterMs)).toEqual(['api', 'web']);
  expect(readyAfterMs['api']).toBeGreaterThan(0);
  expect(lines.toSorted()).toEqual([
    expect.stringMatching(/^api: pid \d+$/),
    expect.stringMatching(/^web: pid \d+$/),
  ]);
});

test('leaves no process behind when stopped, also when stopped twice', async () => {
  const { stop } = await start([await fakePart('ready'), await fakePart('careless')]);
  expect(processIds().map(isRunning)).toEqual([true, true, true]);
  await Promise.all([stop(), stop()]);
  expect(processIds().map(isRunning)).toEqual([false, false, false]);
});

test('kills a part that does not end when asked', async () => {
  const { stop } = await start([await fakePart('deaf')], { stopTimeoutMs: 200 });
  await stop();
  expect(processIds().map(isRunning)).toEqual([false]);
});

test.each(['127.0.0.1', '::1'])(
  'a port taken on %s: says which, for whom and what to do, and starts nothing',
  async (host) => {
    const part = await fakePart('ready', 'web');
    const other = createServer().listen(part.port, host);
    await once(other, 'listening');
    await expect(start([await fakePart('ready', 'api'), part])).rejects.toThrow(
      `In use by another program: port ${part.port} (needed by web); ` +
        'stop that program (perhaps it is an earlier start of this one), or choose another port with WEB_PORT.',
    );
    expect(lines).toEqual([]);
    other.close();
  },
);

test('of several parts that end, each is told: the first to fall may not say what is wrong', async () => {
  const parts = [await fakePart('broken', 'provider'), await fakePart('broken', 'api')];
  const failure = await start(parts).catch(String);
  expect(failure).toContain('provider ended before it was ready (exit code 3).');
  expect(failure).toContain('api ended before it was ready (exit code 3).');
});

test('a part that ends before it is ready stops the others, and its last lines are told', async () => {
  const parts = [await fakePart('silent', 'web'), await fakePart('broken', 'api')];
  await expect(start(parts)).rejects.toThrow(
    /^api ended before it was ready \(exit code 3\)\. Its last lines:\npid \d+\nWEB_ORIGIN is missing$/,
  );
  expect(processIds().map(isRunning)).not.toContain(true);
});

test('a part that has failed is not waited for because its watcher lives on', async () => {
  const part = await fakePart('waiting', 'api');
  await expect(start([{ ...part, failureLine: /^Failed/ }])).rejects.toThrow(
    /^api ended before it was ready \(only its watcher is left\)\. [^]*WEB_ORIGIN is missing/,
  );
  expect(processIds().map(isRunning)).toEqual([false]);
});

test('a part that never answers stops the others', async () => {
  const parts = [await fakePart('ready', 'api'), await fakePart('silent', 'web')];
  await expect(start(parts, { readyTimeoutMs: 800 })).rejects.toThrow(
    'web did not answer within 0.8 seconds.',
  );
  expect(processIds().map(isRunning)).toEqual([false, false]);
});

test('can be called off while it starts', async () => {
  const calledOff = new AbortController();
  const starting = start([await fakePart('silent')], { signal: calledOff.signal });
  await vi.waitFor(() => expect(processIds()).toHaveLength(1));
  calledOff.abort();
  await expect(starting).rejects.toThrow('aborted');
  expect(processIds().map(isRunning)).toEqual([false]);
});

test('tells when a part ends by itself', async () => {
  const mortal = await fakePart('mortal', 'api');
  const { died } = await start([mortal, await fakePart('ready', 'web')]);
  await fetch(`http://127.0.0.1:${mortal.port}/die`).catch(() => {});
  expect((await died).message).toMatch(/^api ended by itself \(exit code 7\)\./);
});

test('the parts end with the process that started them, also when that is killed', async () => {
  const part = await fakePart('careless');
  const starter = join(part.cwd, 'starter.mjs');
  writeFileSync(
    starter,
    `import { startParts } from '${import.meta.resolve('./run-parts.ts')}';
    const parts = [${JSON.stringify(part)}];
    await startParts({ parts, onLine: (_, line) => console.log(line) });
    console.log('ready');`,
  );
  const child = spawn(process.execPath, [starter], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line === 'ready') break;
  }
  child.kill('SIGKILL');
  expect(processIds()).toHaveLength(2);
  await vi.waitFor(() => expect(processIds().map(isRunning)).toEqual([false, false]));
});
