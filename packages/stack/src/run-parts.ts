import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { isPortTaken } from './ports.ts';

/** One server of the system, run by this process's own Node.js. */
export interface Part {
  name: string;
  cwd: string;
  /** Arguments of `node`. */
  args: string[];
  /** Its whole environment. Nothing is added. */
  environment: Environment;
  port: number;
  /** The setting that moves it to another port, if there is one. */
  portSetting?: string;
  /** Answers 200 once the part can be used. */
  readyPath: string;
  /** A line that says it will not become ready, for a part whose process lives on all the same. */
  failureLine?: RegExp;
}

export interface RunningParts {
  /** For each part the time from its spawn to its first answer. */
  readyAfterMs: Record<string, number>;
  /** Settles only when a part ends that nobody asked to end. The others are then still running. */
  died: Promise<StackError>;
  /** Asks all parts to end, ends those that don't, and resolves when no process of theirs is left. */
  stop: () => Promise<void>;
}

/** Something the person in front of the terminal can put right. The message says what it is and how. */
export class StackError extends Error {
  override name = 'StackError';
}

const POLL_INTERVAL_MS = 10;
const LAST_LINES = 20;
const OTHERS_MS = 500;
const HAS_PROCESS_GROUPS = process.platform !== 'win32';

/**
 * Starts all parts at once and resolves when all of them answer. If one can't be started, none is left running.
 *
 * Every part leads a process group of its own, for two reasons: a Ctrl-C in the terminal then reaches this
 * process alone, which ends the parts in one orderly way, and what a part has started (`node --watch` starts
 * the server as a child) can be ended together with it.
 *
 * @throws {StackError} if a port is taken, a part ends before it answers, or takes longer than `readyTimeoutMs`
 */
export async function startParts({
  parts,
  onLine = () => {},
  signal,
  readyTimeoutMs = 30_000,
  stopTimeoutMs = 5_000,
}: {
  parts: Part[];
  /** Gets every line that a part prints. */
  onLine?: ((part: string, line: string) => void) | undefined;
  /** Stops what has been started so far. Only while starting: afterwards there is `stop()`. */
  signal?: AbortSignal | undefined;
  readyTimeoutMs?: number | undefined;
  /** How long a part may take to end by itself before it is killed. */
  stopTimeoutMs?: number | undefined;
}): Promise<RunningParts> {
  await refuseTakenPorts(parts);
  signal?.throwIfAborted();

  const running = parts.map((part) => run(part, onLine));
  const guard = guardAgainstOwnDeath(running);
  const died = Promise.race(running.map(({ died: partDied }) => partDied));

  let stopping: Promise<void> | undefined;
  const stopAll = async () => {
    await Promise.all(running.map(({ stop }) => stop(stopTimeoutMs)));
    guard?.kill('SIGKILL');
  };
  const stop = () => (stopping ??= stopAll());

  const waiting = new AbortController();
  try {
    const answers = running.map(({ untilItAnswers }) => untilItAnswers(waiting.signal));
    const failure = Promise.race([
      died.then((first) => withOthers(first, running)),
      tooSlow({ running, readyTimeoutMs, signal: waiting.signal }),
      ...(signal === undefined ? [] : [aborted(signal, waiting.signal)]),
    ]);
    const readyAfterMs = await Promise.race([
      Promise.all(answers),
      failure.then((error) => {
        throw error;
      }),
    ]);
    const named = Object.fromEntries(parts.map(({ name }, index) => [name, readyAfterMs[index] ?? 0]));
    return { readyAfterMs: named, died, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    waiting.abort();
  }
}

/** One wrong setting may end several parts, and the first to fall is not always the one that says it best. */
async function withOthers(first: StackError, running: RunningPart[]): Promise<StackError> {
  const messages = new Set([first.message]);
  for (const { died } of running) void died.then(({ message }) => messages.add(message));
  await delay(OTHERS_MS);
  return messages.size === 1 ? first : new StackError([...messages].join('\n'));
}

async function refuseTakenPorts(parts: Part[]): Promise<void> {
  const isTaken = await Promise.all(parts.map(({ port }) => isPortTaken(port)));
  const unlucky = parts.filter((_, index) => isTaken[index]);
  if (unlucky.length === 0) return;
  const ports = inWords(unlucky.map(({ name, port }) => `${port} (needed by ${name})`));
  const settings = inWords(unlucky.flatMap(({ portSetting }) => portSetting ?? []));
  throw new StackError(
    `In use by another program: port ${ports}; stop that program (perhaps it is an earlier start of this one)` +
      `${settings === '' ? '' : `, or choose another port with ${settings}`}.`,
  );
}

function inWords(list: string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(list);
}

interface RunningPart {
  part: Part;
  pid: number | undefined;
  isReady: boolean;
  died: Promise<StackError>;
  untilItAnswers: (signal: AbortSignal) => Promise<number>;
  stop: (timeoutMs: number) => Promise<void>;
}

function run(part: Part, onLine: (part: string, line: string) => void): RunningPart {
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, part.args, {
    cwd: part.cwd,
    env: part.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: HAS_PROCESS_GROUPS,
  });

  const lastLines: string[] = [];
  const failed = Promise.withResolvers<string>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      if (line.trim() !== '') lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      onLine(part.name, line);
      if (part.failureLine?.test(line) === true && !running.isReady) {
        // The reason may still be on its way through the other pipe.
        setTimeout(() => failed.resolve('only its watcher is left'), 50);
      }
    });
  }

  // Whoever outlives the leader of its group would keep the port and the log.
  child.once('exit', () => killGroup(child));

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, endedBy) => resolve(endedBy ?? `exit code ${code}`));
  });

  let isStopping = false;
  const endOfItsOwn = async (): Promise<StackError> => {
    const how = await Promise.race([ended, failed.promise]);
    if (isStopping) return new Promise(() => {});
    const when = running.isReady ? 'ended by itself' : 'ended before it was ready';
    const lines = lastLines.length === 0 ? '' : ` Its last lines:\n${lastLines.join('\n')}`;
    return new StackError(`${part.name} ${when} (${how}).${lines}`);
  };
  const running: RunningPart = {
    part,
    pid: child.pid,
    isReady: false,
    died: endOfItsOwn(),
    async untilItAnswers(signal) {
      while (!(await isAnswering(`http://127.0.0.1:${part.port}${part.readyPath}`))) {
        await delay(POLL_INTERVAL_MS, undefined, { signal });
      }
      running.isReady = true;
      return performance.now() - spawnedAt;
    },
    async stop(timeoutMs) {
      isStopping = true;
      // To the leader alone: it knows how to end its children, and a server that is told twice may drop its guests.
      child.kill('SIGTERM');
      const deadline = setTimeout(() => killGroup(child), timeoutMs);
      await ended;
      clearTimeout(deadline);
      await untilGroupIsGone(child);
    },
  };
  return running;
}

function isAnswering(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    // No agent: a connection kept alive would have to be waited for when the part stops.
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

async function tooSlow({
  running,
  readyTimeoutMs,
  signal,
}: {
  running: RunningPart[];
  readyTimeoutMs: number;
  signal: AbortSignal;
}): Promise<StackError> {
  await delay(readyTimeoutMs, undefined, { signal });
  const names = running.filter(({ isReady }) => !isReady).map(({ part }) => part.name);
  return new StackError(`${inWords(names)} did not answer within ${readyTimeoutMs / 1000} seconds.`);
}

/** The reason of the first signal, unless the second comes before it. */
async function aborted(signal: AbortSignal, unless: AbortSignal): Promise<unknown> {
  if (!signal.aborted) await once(signal, 'abort', { signal: unless });
  return signal.reason;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (!HAS_PROCESS_GROUPS) {
    spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: nobody is left in it.
  }
}

async function untilGroupIsGone({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined || !HAS_PROCESS_GROUPS) return;
  // Bounded, because a killed process stays visible for as long as its new parent does not collect it.
  for (let attempt = 0; attempt < 30; attempt += 1) {
    try {
      process.kill(-pid, 0);
    } catch {
      return;
    }
    await delay(10);
  }
}

/**
 * If this process is killed outright it can stop nothing any more. So a shell waits beside it, in a group of its
 * own, for a pipe to close that only this process holds, and then ends the groups of all parts.
 */
function guardAgainstOwnDeath(running: RunningPart[]): ChildProcess | undefined {
  if (!HAS_PROCESS_GROUPS) return undefined;
  const script = 'read -r _; for part do kill -s KILL -- "-$part"; done';
  const groups = running.flatMap(({ pid }) => pid ?? []).map(String);
  const guard = spawn('/bin/sh', ['-c', script, 'guard', ...groups], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}
