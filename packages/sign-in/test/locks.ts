/** As much of the Web Locks API as the tabs of one browser share: one holder, and the others wait. */
export function createLocks() {
  let last: Promise<unknown> = Promise.resolve();
  const requested: { name: string; options: LockOptions }[] = [];
  return {
    requested,
    request(name: string, options: LockOptions, callback: () => Promise<unknown>) {
      requested.push({ name, options });
      const { promise: refused, reject } = Promise.withResolvers<never>();
      let isAborted = false;
      let isGranted = false;
      options.signal?.addEventListener('abort', () => {
        // Web Locks API: the signal ends the waiting for a lock, not the holding of it.
        if (isGranted) return;
        isAborted = true;
        reject(new DOMException('', 'AbortError'));
      });
      const mine = last.then(() => {
        isGranted = !isAborted;
        return isAborted ? undefined : callback();
      });
      last = mine.catch(() => undefined);
      return Promise.race([mine, refused]);
    },
  };
}
