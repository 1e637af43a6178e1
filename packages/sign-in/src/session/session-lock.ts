const NAME = 'session';
const ACQUIRE_MS = 5_000;
/** Longer than this, and another tab was at it. */
const AT_ONCE_MS = 20;

/**
 * What the tabs must not do at the same time, because each answer brings a cookie: exchange, refresh, sign out.
 * The lock saves work and is no more than that: it is never stolen, and who does not get it in time, or has a
 * browser without locks, goes on without. The API keeps simultaneous refreshes apart by itself.
 */
export async function withSessionLock<T>(work: (hasWaited: boolean) => Promise<T>): Promise<T> {
  // Not there in every browser, whatever the types say.
  const locks: LockManager | null | undefined = navigator.locks;
  if (!locks) return work(false);
  const askedAtMs = performance.now();
  let isGranted = false;
  try {
    // Once the lock is granted, the time-out means nothing any more.
    return await locks.request(NAME, { signal: AbortSignal.timeout(ACQUIRE_MS) }, () => {
      isGranted = true;
      return work(performance.now() - askedAtMs > AT_ONCE_MS);
    });
  } catch (error) {
    if (isGranted) throw error;
    return work(true);
  }
}
