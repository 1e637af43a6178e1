/** Remembers for a time, and not more than it has room for. */
export interface ExpiringMap<T> {
  /** @param endsAt Unix time in milliseconds */
  set: (id: string, value: T, endsAt: number) => void;
  get: (id: string) => T | undefined;
  delete: (id: string) => void;
  /** What hasn't ended. */
  entries: () => [id: string, value: T, endsAt: number][];
}

export function createExpiringMap<T>(maxEntries: number): ExpiringMap<T> {
  const records = new Map<string, { value: T; endsAt: number }>();
  return {
    set(id, value, endsAt) {
      records.delete(id);
      records.set(id, { value, endsAt });
      for (const [oldest, record] of records) {
        // In the order of insertion, up to the first that may stay, so that no call looks at all of them.
        if (!hasEnded(record) && records.size <= maxEntries) break;
        records.delete(oldest);
      }
    },
    get(id) {
      const record = records.get(id);
      return record && !hasEnded(record) ? record.value : undefined;
    },
    delete: (id) => void records.delete(id),
    entries: () =>
      [...records].flatMap(([id, record]) => (hasEnded(record) ? [] : [[id, record.value, record.endsAt]])),
  };
}

function hasEnded({ endsAt }: { endsAt: number }): boolean {
  return endsAt <= Date.now();
}
