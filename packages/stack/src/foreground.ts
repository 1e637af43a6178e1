import { once } from 'node:events';
import { StackError, type RunningParts } from './start-parts.ts';

/**
 * Runs parts until Ctrl-C, SIGTERM, the end of the terminal, or the end of one of the parts, and then stops all of
 * them. A requested stop exits with 0. A failure prints one plain message and exits with 1.
 */
export async function runInForeground<Running extends RunningParts>({
  start,
  onReady,
}: {
  start: (signal: AbortSignal) => Promise<Running>;
  onReady: (running: Running) => void;
}): Promise<void> {
  const stopRequest = new AbortController();
  const { signal } = stopRequest;
  const requestStop = () => stopRequest.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, requestStop);
  // No program reads the output any more: the terminal is closed, or `pnpm dev | head` has ended.
  process.stdout.on('error', requestStop);

  try {
    const running = await start(signal);
    onReady(running);
    const failure = await Promise.race([running.died, signal.aborted || once(signal, 'abort')]);
    await running.stop();
    if (failure instanceof StackError) throw failure;
  } catch (error) {
    if (signal.aborted) return;
    process.exitCode = 1;
    console.error(error instanceof StackError ? `\n${error.message}\nNothing is left running.` : error);
  }
}
