import { http, HttpResponse } from 'msw';
import type { SetupWorker, StartOptions } from 'msw/browser';

const PROBE = '/api/does-msw-answer';

/**
 * Starts msw. Resolves when it answers the requests of this page: msw itself may resolve earlier, so that the first
 * request of a story went to the network.
 */
export async function startWorker(worker: SetupWorker, options: StartOptions): Promise<void> {
  worker.use(http.get(PROBE, () => new HttpResponse('yes')));
  await worker.start({ quiet: true, ...options });
  while (!(await isAnsweredByMsw())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function isAnsweredByMsw(): Promise<boolean> {
  try {
    return (await (await fetch(PROBE)).text()) === 'yes';
  } catch {
    return false;
  }
}
