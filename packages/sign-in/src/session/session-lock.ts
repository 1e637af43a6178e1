import { promiseWithResolvers } from '../promise-with-resolvers.ts';

const NAME = 'oneclick:session';
const ACQUIRE_TIMEOUT_MS = 5_000;
const RESERVED_MS = 1_000;

/**
 * Runs work that the tabs must not do at the same time, because each answer sets a cookie: exchange, refresh, sign
 * out. The lock only saves requests. It is never stolen, and a tab that does not get it in time, or whose browser has
 * no Web Locks, goes on without it: the API keeps simultaneous refreshes apart by itself.
 */
export async function withSessionLock<T>(work: () => Promise<T>): Promise<T> {
  let isGranted = false;
  // The time-out ends the wait for the lock, not the work under it.
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), ACQUIRE_TIMEOUT_MS);
  try {
    // Fails in a browser that has no Web Locks, or that refuses them because the user blocks cookies and site data.
    return await navigator.locks.request(NAME, { signal: waiting.signal }, () => {
      isGranted = true;
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    if (isGranted) throw error;
    return work();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Requests the lock for work that is about to begin: the work then need not wait until the browser has granted it. Gives
 * the lock back if no work begins within a second, because the other tabs wait for it.
 *
 * @returns {@link withSessionLock} for that work. All later work requests the lock anew
 */
export function reserveSessionLock(): typeof withSessionLock {
  const { promise: granted, resolve: grant } = promiseWithResolvers<void>();
  const { promise: ended, resolve: end } = promiseWithResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(() => {
    timer = undefined;
    end();
  }, RESERVED_MS);
  // The caller gets the errors of the work. This request fails only if another script steals the lock.
  withSessionLock(() => {
    grant();
    return ended;
  }).catch(() => undefined);

  return async (work) => {
    if (timer === undefined) return withSessionLock(work);
    clearTimeout(timer);
    timer = undefined;
    try {
      await granted;
      return await work();
    } finally {
      end();
    }
  };
}
