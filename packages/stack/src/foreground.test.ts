import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fakePart, isRunning, processIdsIn } from '../test/fake-part.ts';
import type { Part } from './start-parts.ts';

/** Runs parts in a process group of its own, as a terminal does, and collects the output. */
function runInTerminal(parts: Part[]) {
  const script = join(parts[0]?.cwd ?? '', 'terminal.mjs');
  writeFileSync(
    script,
    `import { runInForeground } from '${import.meta.resolve('./foreground.ts')}';
    import { startParts } from '${import.meta.resolve('./start-parts.ts')}';
    await runInForeground({
      start: (signal) => startParts({ parts: ${JSON.stringify(parts)}, signal, onLine: (_, line) => console.log(line) }),
      onReady: () => console.log('ready'),
    });`,
  );
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));

  let output = '';
  let onOutput: (() => void) | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput?.();
    });
  }
  const shows = (text: string) =>
    new Promise<void>((resolve) => {
      onOutput = () => void (output.includes(text) && resolve());
      onOutput();
    });
  const ended = once(child, 'close').then(([exitCode]: unknown[]) => ({ exitCode, output }));
  return { pid: child.pid ?? 0, shows, ended };
}

test.each([
  ['Ctrl-C, which sends SIGINT to the whole group,', (pid: number) => process.kill(-pid, 'SIGINT')],
  ['SIGTERM to the process alone', (pid: number) => process.kill(pid, 'SIGTERM')],
  ['closing the terminal', (pid: number) => process.kill(-pid, 'SIGHUP')],
])('%s stops all parts and exits with 0', async (_, end) => {
  const { pid, shows, ended } = runInTerminal([await fakePart('ready'), await fakePart('careless')]);
  await shows('ready');
  end(pid);
  const { exitCode, output } = await ended;
  expect(exitCode).toBe(0);
  expect(processIdsIn(output).map(isRunning)).toEqual([false, false, false]);
});

test('Ctrl-C during the start stops the parts and exits with 0', async () => {
  const { pid, shows, ended } = runInTerminal([await fakePart('silent')]);
  await shows('pid');
  process.kill(-pid, 'SIGINT');
  expect((await ended).exitCode).toBe(0);
});

test('if a part ends by itself, all parts are stopped, one sentence says so, and the exit code is 1', async () => {
  const mortal = await fakePart('mortal', 'api');
  const { shows, ended } = runInTerminal([mortal, await fakePart('ready', 'web')]);
  await shows('ready');
  await fetch(`http://127.0.0.1:${mortal.port}/die`).catch(() => {});
  const { exitCode, output } = await ended;
  expect(exitCode).toBe(1);
  expect(output).toContain('api ended by itself (exit code 7).');
  expect(output).toContain('Nothing is left running.');
});

test('if a part cannot start, the exit code is 1 and no stack trace is printed', async () => {
  const { exitCode, output } = await runInTerminal([await fakePart('broken', 'api')]).ended;
  expect(exitCode).toBe(1);
  expect(output).toContain('api ended before it was ready (exit code 3).');
  expect(output).not.toContain('    at ');
});
