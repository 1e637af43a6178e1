/** The listeners of one kind. The same function may be added twice. */
export interface Listeners<Arguments extends unknown[]> {
  /** Returns the undo. */
  add(listener: (...values: Arguments) => void): () => void;
  /** Calls each listener. An error in one is reported as uncaught, and reaches neither the others nor the caller. */
  notify(...values: Arguments): void;
  clear(): void;
}

export function createListeners<Arguments extends unknown[] = []>(): Listeners<Arguments> {
  const entries = new Set<{ listener: (...values: Arguments) => void }>();
  return {
    add(listener) {
      const entry = { listener };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    notify(...values) {
      for (const { listener } of entries) callListener(listener, ...values);
    },
    clear: () => entries.clear(),
  };
}

/** An error in the listener is reported as uncaught, and does not reach the caller. */
export function callListener<Arguments extends unknown[]>(
  listener: (...values: Arguments) => void,
  ...values: Arguments
): void {
  try {
    listener(...values);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
