/** A map whose entries expire. When it is full, it forgets the oldest entry. */
export interface ExpiringMap<T> {
  /** @param endsAtMs Unix time in milliseconds */
  set: (id: string, value: T, endsAtMs: number) => void;
  get: (id: string) => T | undefined;
  delete: (id: string) => void;
  /** The values that have not expired. */
  values: () => T[];
}

export function createExpiringMap<T>(maxEntries: number): ExpiringMap<T> {
  const entries = new Map<string, { value: T; endsAtMs: number }>();
  return {
    set(id, value, endsAtMs) {
      entries.delete(id);
      entries.set(id, { value, endsAtMs });
      for (const [oldest, entry] of entries) {
        // In the order of insertion, up to the first entry that may stay: no call visits the whole map.
        if (!hasExpired(entry) && entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
    },
    get(id) {
      const entry = entries.get(id);
      return entry && !hasExpired(entry) ? entry.value : undefined;
    },
    delete: (id) => void entries.delete(id),
    values: () => [...entries.values()].filter((entry) => !hasExpired(entry)).map(({ value }) => value),
  };
}

function hasExpired({ endsAtMs }: { endsAtMs: number }): boolean {
  return endsAtMs <= Date.now();
}
