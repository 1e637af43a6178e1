import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import getPort, { clearLockedPorts } from 'get-port';
import type { Environment } from './environment.ts';

/** One server of the system, run by the Node.js of this process with exactly this environment. */
export interface Part {
  name: string;
  cwd: string;
  args: string[];
  environment: Environment;
  port: number;
  /** The setting that moves the part to another port, if there is one. */
  portSetting?: string;
  /** The path that answers 200 once the part is ready. */
  readyPath: string;
}

export interface StartOptions {
  /** Called with every line that a part prints. */
  onLine?: ((part: string, line: string) => void) | undefined;
  /** Aborts the start and stops the parts. Without effect after the start. */
  signal?: AbortSignal | undefined;
}

export interface RunningParts {
  readyAfterMs: number;
  /** Settles when a part ends without having been stopped. The other parts are then still running. */
  died: Promise<StackError>;
  /** Sends SIGTERM to all parts, kills those that do not end, and resolves when their processes have ended. */
  stop: () => Promise<void>;
}

/** An error that the person at the terminal can fix. Its message says what is wrong and what to do. */
export class StackError extends Error {
  override name = 'StackError';
}

/**
 * Starts all parts at once and resolves when all of them answer. If one of them fails, all are stopped.
 *
 * @throws {StackError} if a port is taken, a part ends before it answers, or takes longer than `readyTimeoutMs`
 */
export async function startParts({
  parts,
  onLine,
  signal,
  readyTimeoutMs = 30_000,
  stopTimeoutMs = 5_000,
}: StartOptions & {
  parts: Part[];
  readyTimeoutMs?: number;
  /** How long a part may take to end after SIGTERM before it is killed. */
  stopTimeoutMs?: number;
}): Promise<RunningParts> {
  await refuseTakenPorts(parts);
  signal?.throwIfAborted();

  const startedAt = performance.now();
  const running = parts.map((part) => startPart(part, { onLine, stopTimeoutMs }));
  // Kills the process groups if this process is killed with SIGKILL, which no process can handle. The shell waits for
  // the end of a pipe that only this process holds open.
  const script = 'read -r _; for group do kill -s KILL -- "-$group"; done';
  const groups = running.map(({ pid }) => String(pid));
  const guard = execa('/bin/sh', ['-c', script, 'guard', ...groups], { detached: true, reject: false });

  let stopping: Promise<unknown> | undefined;
  const stop = async () => {
    await (stopping ??= Promise.all(running.map((part) => part.stop())));
    guard.kill('SIGKILL');
  };

  const deaths = running.map((part) => part.died);
  const died = Promise.race(deaths);
  // One wrong setting may end several parts, and the first to end is not always the one with the best message.
  const messages = new Set<string>();
  for (const death of deaths) void death.then(({ message }) => messages.add(message));
  const failed = died.then(async () => {
    await delay(500);
    throw new StackError([...messages].join('\n'));
  });

  const abort = AbortSignal.any([AbortSignal.timeout(readyTimeoutMs), ...(signal ? [signal] : [])]);
  try {
    await Promise.race([Promise.all(running.map((part) => part.waitUntilReady(abort))), failed]);
    return { readyAfterMs: performance.now() - startedAt, died, stop };
  } catch (error) {
    const slow = running.filter((part) => !part.isReady()).map(({ name }) => name);
    await stop();
    if (error instanceof StackError) throw error;
    signal?.throwIfAborted();
    throw new StackError(`${inWords(slow)} did not answer within ${readyTimeoutMs / 1000} seconds.`);
  }
}

async function refuseTakenPorts(parts: Part[]): Promise<void> {
  // get-port locks each port that it returns. The ports of this start may have come from `freeStackPorts`.
  clearLockedPorts();
  const isFree = await Promise.all(parts.map(async ({ port }) => (await getPort({ port })) === port));
  const refused = parts.filter((_, index) => !isFree[index]);
  if (refused.length === 0) return;
  const ports = inWords(refused.map(({ name, port }) => `${port} (needed by ${name})`));
  const settings = inWords(refused.flatMap(({ portSetting }) => portSetting ?? []));
  throw new StackError(
    `In use by another program: port ${ports}; stop that program (perhaps it is an earlier start of this one)` +
      `${settings === '' ? '' : `, or choose another port with ${settings}`}.`,
  );
}

function inWords(list: string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(list);
}

function startPart(part: Part, { onLine, stopTimeoutMs }: StartOptions & { stopTimeoutMs: number }) {
  const state = { isReady: false, isStopping: false };
  // `killDescendants` makes the part the leader of a process group. A Ctrl-C in the terminal then reaches this
  // process alone, which stops the parts in order, and the processes that a part starts can be killed with it.
  const subprocess = execa(process.execPath, part.args, {
    cwd: part.cwd,
    env: part.environment,
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    killDescendants: true,
  });
  // The processes that a part leaves behind would keep its port.
  subprocess.nodeChildProcess.once('exit', () => subprocess.kill('SIGKILL'));

  const lastLines: string[] = [];
  const failed = Promise.withResolvers<string>();
  const readLines = async (from: 'stdout' | 'stderr') => {
    for await (const line of subprocess.iterable({ from })) {
      if (line.trim() !== '') lastLines.push(line);
      lastLines.splice(0, lastLines.length - 20);
      onLine?.(part.name, line);
      // `node --watch` prints this when the server has failed. The reason may arrive later on the other stream.
      if (state.isReady || !line.startsWith('Failed running ')) continue;
      setTimeout(() => failed.resolve('only its watcher is left'), 50);
    }
  };
  const ended = Promise.all([subprocess, readLines('stdout'), readLines('stderr')]);
  const describeDeath = async (): Promise<StackError> => {
    const how = await Promise.race([
      failed.promise,
      ended.then(([result]) => result.signal ?? result.originalMessage ?? `exit code ${result.exitCode}`),
    ]);
    if (state.isStopping) return new Promise(() => {});
    const when = state.isReady ? 'ended by itself' : 'ended before it was ready';
    const lines = lastLines.length === 0 ? '' : ` Its last lines:\n${lastLines.join('\n')}`;
    return new StackError(`${part.name} ${when} (${how}).${lines}`);
  };

  return {
    name: part.name,
    pid: subprocess.pid,
    isReady: () => state.isReady,
    died: describeDeath(),
    async waitUntilReady(signal: AbortSignal): Promise<void> {
      const url = `http://127.0.0.1:${part.port}${part.readyPath}`;
      while (!state.isStopping && !(await isAnswering(url))) await delay(10, undefined, { signal });
      state.isReady = true;
    },
    async stop(): Promise<void> {
      state.isStopping = true;
      // To the part alone, not to its group as `subprocess.kill` does: `node --watch` passes SIGTERM on, and a server
      // that receives it twice ends without finishing its requests.
      subprocess.nodeChildProcess.kill('SIGTERM');
      const deadline = setTimeout(() => subprocess.kill('SIGKILL'), stopTimeoutMs);
      await ended;
      clearTimeout(deadline);
    },
  };
}

async function isAnswering(url: string): Promise<boolean> {
  // A connection that is kept alive would delay the end of the part.
  const headers = { connection: 'close' };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}
