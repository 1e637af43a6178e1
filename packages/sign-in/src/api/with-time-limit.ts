/**
 * Runs `work` and aborts its signal if it takes too long. Rejects with a `TimeoutError` after `timeoutMs`, and with the
 * reason of `signal` when the caller aborts, even if `work` ignores its signal.
 *
 * The closure holds the timer and the listener until then. WebKit can collect a signal of `AbortSignal.any` as garbage,
 * together with its time-out: a request without an answer then never ends.
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
