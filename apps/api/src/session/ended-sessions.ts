/** Remembers which sessions were ended here, since a sealed cookie that somebody kept says otherwise. */
export interface EndedSessions {
  add: (session: { sessionId: string; endsAt: number }) => void;
  has: (session: { sessionId: string }) => boolean;
}

const MAX_ENTRIES = 100_000;

/** In this process's memory: it is lost with a restart, and the oldest are forgotten when there are too many. */
export function createEndedSessions(): EndedSessions {
  const endsAtById = new Map<string, number>();
  return {
    add({ sessionId, endsAt }) {
      endsAtById.set(sessionId, endsAt);
      for (const [id, end] of endsAtById) {
        // By itself over, or too many: in the order of insertion, so that no call looks at all of them.
        if (end * 1000 > Date.now() && endsAtById.size <= MAX_ENTRIES) break;
        endsAtById.delete(id);
      }
    },
    has: ({ sessionId }) => endsAtById.has(sessionId),
  };
}
