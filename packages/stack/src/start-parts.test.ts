import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test, vi } from 'vitest';
import { fakePart, isRunning, processIdsIn } from '../test/fake-part.ts';
import { startParts, type Part, type RunningParts } from './start-parts.ts';

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

test('startParts resolves when all parts answer, and passes on every line that they print', async () => {
  const { readyAfterMs } = await start([await fakePart('ready', 'api'), await fakePart('ready', 'web')]);
  expect(readyAfterMs).toBeGreaterThan(0);
  expect(lines.toSorted()).toEqual([
    expect.stringMatching(/^api: pid \d+$/),
    expect.stringMatching(/^web: pid \d+$/),
  ]);
});

test('stop ends all processes, also when it is called twice', async () => {
  const { stop } = await start([await fakePart('ready'), await fakePart('careless')]);
  expect(processIds().map(isRunning)).toEqual([true, true, true]);
  await Promise.all([stop(), stop()]);
  // The child that a part left behind was killed. It closes its output, for which `stop` waits, just before it ends.
  await vi.waitFor(() => expect(processIds().map(isRunning)).toEqual([false, false, false]));
});

test('stop kills a part that ignores SIGTERM', async () => {
  const { stop } = await start([await fakePart('deaf')], { stopTimeoutMs: 200 });
  await stop();
  expect(processIds().map(isRunning)).toEqual([false]);
});

test.each(['127.0.0.1', '::1'])(
  'if a port is taken on %s, the error names the port and the part, and no part is started',
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

test('if several parts end, the error names each of them', async () => {
  const parts = [await fakePart('broken', 'provider'), await fakePart('broken', 'api')];
  const failure = await start(parts).catch(String);
  expect(failure).toContain('provider ended before it was ready (exit code 3).');
  expect(failure).toContain('api ended before it was ready (exit code 3).');
});

test('if a part ends before it is ready, the others are stopped, and the error quotes its last lines', async () => {
  const parts = [await fakePart('silent', 'web'), await fakePart('broken', 'api')];
  await expect(start(parts)).rejects.toThrow(
    /^api ended before it was ready \(exit code 3\)\. Its last lines:\npid \d+\nWEB_ORIGIN is missing$/,
  );
  expect(processIds().map(isRunning)).not.toContain(true);
});

test('a part that failed counts as ended even if its watcher goes on', async () => {
  const part = await fakePart('waiting', 'api');
  await expect(start([part])).rejects.toThrow(
    /^api ended before it was ready \(only its watcher is left\)\. [^]*WEB_ORIGIN is missing/,
  );
  expect(processIds().map(isRunning)).toEqual([false]);
});

test('if a part never answers, the others are stopped', async () => {
  const parts = [await fakePart('ready', 'api'), await fakePart('silent', 'web')];
  await expect(start(parts, { readyTimeoutMs: 800 })).rejects.toThrow(
    'web did not answer within 0.8 seconds.',
  );
  expect(processIds().map(isRunning)).toEqual([false, false]);
});

test('the signal aborts a start and stops the parts', async () => {
  const abort = new AbortController();
  const starting = start([await fakePart('silent')], { signal: abort.signal });
  await vi.waitFor(() => expect(processIds()).toHaveLength(1));
  abort.abort();
  await expect(starting).rejects.toThrow('aborted');
  expect(processIds().map(isRunning)).toEqual([false]);
});

test('died settles when a running part ends by itself', async () => {
  const mortal = await fakePart('mortal', 'api');
  const { died } = await start([mortal, await fakePart('ready', 'web')]);
  await fetch(`http://127.0.0.1:${mortal.port}/die`).catch(() => {});
  expect((await died).message).toMatch(/^api ended by itself \(exit code 7\)\./);
});

test('the parts are killed if the process that started them is killed', async () => {
  const part = await fakePart('careless');
  const starter = join(part.cwd, 'starter.mjs');
  writeFileSync(
    starter,
    `import { startParts } from '${import.meta.resolve('./start-parts.ts')}';
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
