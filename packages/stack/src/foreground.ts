import { StackError, type RunningParts } from './run-parts.ts';

/**
 * Keeps something running in the terminal until Ctrl-C, a SIGTERM, the terminal's end, or the end of one of its
 * parts. Being asked to stop is no failure; every failure sets exit code 1, after one plain message.
 */
export async function runInForeground<Running extends RunningParts>({
  start,
  onReady,
}: {
  start: (signal: AbortSignal) => Promise<Running>;
  onReady: (running: Running) => void;
}): Promise<void> {
  const stopRequest = new AbortController();
  const requestStop = () => stopRequest.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, requestStop);
  // Nobody reads along any more: the terminal is closed, or `pnpm dev | head` has seen enough.
  process.stdout.on('error', requestStop);

  try {
    const running = await start(stopRequest.signal);
    onReady(running);
    const failure = await Promise.race([running.died, requested(stopRequest.signal)]);
    await running.stop();
    if (failure !== undefined) throw failure;
  } catch (error) {
    if (stopRequest.signal.aborted) return;
    process.exitCode = 1;
    console.error(error instanceof StackError ? `\n${error.message}\nNothing is left running.` : error);
  }
}

async function requested(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
