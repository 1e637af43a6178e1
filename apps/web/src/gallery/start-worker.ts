import type { SetupWorker, StartOptions } from 'msw/browser';

/**
 * Starts msw. Resolves when it answers the requests of this page. On the first visit, msw itself resolves before its
 * service worker has taken control of the page, so that a first request went to the network.
 */
export async function startWorker(worker: SetupWorker, options: StartOptions): Promise<void> {
  await worker.start({ quiet: true, ...options });
  while (!navigator.serviceWorker.controller) {
    await new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
  }
}
