/**
 * Runs work that must end in time, and rejects otherwise, whether the work heeds its signal or not: with a
 * `TimeoutError` after `timeoutMs`, or with the reason of `signal` when the caller aborts.
 *
 * The timer and the listener are held here until then. WebKit collects a signal of `AbortSignal.any` that nobody holds
 * together with its time-out, so that a request that is never answered waits for good.
 */
export function withTimeLimit<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | null | undefined },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopping = new AbortController();
    function stop(reason: unknown): void {
      reject(reason);
      stopping.abort(reason);
    }
    const onAbort = () => stop(signal?.reason);
    const timer = setTimeout(() => stop(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    void work(stopping.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      });
  });
}
