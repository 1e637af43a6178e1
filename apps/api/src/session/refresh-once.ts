/** Makes several callers who want the same token set replaced share one refresh and its result. */
export interface RefreshOnce<T> {
  /** Joins the refresh under way, or takes the result of one just done, or begins one. A failure is not kept. */
  run: (tokenSetId: string, refresh: () => Promise<T>) => Promise<T>;
  /** The result, if this token set was replaced a moment ago. */
  findRecent: (tokenSetId: string) => T | undefined;
  close: () => void;
}

interface Entry<T> {
  refreshing: Promise<T>;
  result?: T;
  forgetting?: NodeJS.Timeout;
}

/** The result stays for whoever was sent off with the old cookie before the new one had arrived. */
const GRACE_MS = 30_000;
const MAX_ENTRIES = 10_000;

/**
 * A provider that rotates refresh tokens takes a second use of one for theft, and ends the grant (RFC 9700 §4.14.2).
 * Two tabs that load at the same time must not look like that.
 *
 * The refresh belongs to nobody: a browser that goes away doesn't stop it, since the rotated token would be lost.
 */
export function createRefreshOnce<T>(): RefreshOnce<T> {
  const entries = new Map<string, Entry<T>>();

  function forget(tokenSetId: string): void {
    clearTimeout(entries.get(tokenSetId)?.forgetting);
    entries.delete(tokenSetId);
  }

  async function refreshAndKeep(tokenSetId: string, refresh: () => Promise<T>): Promise<T> {
    try {
      const result = await refresh();
      const entry = entries.get(tokenSetId);
      if (entry) {
        entry.result = result;
        entry.forgetting = setTimeout(() => forget(tokenSetId), GRACE_MS).unref();
      }
      return result;
    } catch (error) {
      forget(tokenSetId);
      throw error;
    }
  }

  return {
    run(tokenSetId, refresh) {
      const known = entries.get(tokenSetId);
      if (known) return known.refreshing;
      // A Map keeps the order of insertion: the first is the oldest.
      for (const oldest of entries.keys()) {
        if (entries.size < MAX_ENTRIES) break;
        forget(oldest);
      }
      // Not before it is in the map, where the next caller looks.
      const refreshing = Promise.resolve().then(() => refreshAndKeep(tokenSetId, refresh));
      entries.set(tokenSetId, { refreshing });
      return refreshing;
    },
    findRecent: (tokenSetId) => entries.get(tokenSetId)?.result,
    close() {
      for (const tokenSetId of entries.keys()) forget(tokenSetId);
    },
  };
}
