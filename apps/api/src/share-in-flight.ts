/**
 * Lets callers share work in flight. Once it has succeeded or failed, the next caller starts it again.
 *
 * @returns a function for which callers with the same key get the same promise
 */
export function createShareInFlight<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const inFlight = new Map<string, Promise<T>>();
  return (key, work) => {
    const running = inFlight.get(key);
    if (running) return running;
    // Starts asynchronously, so that the promise is in the map before `work` runs.
    const started = Promise.resolve()
      .then(work)
      .finally(() => inFlight.delete(key));
    inFlight.set(key, started);
    return started;
  };
}
