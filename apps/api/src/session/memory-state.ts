import type { Session } from './session-cookie.ts';
import { createExpiringMap } from './expiring-map.ts';
import { GRACE_MS, type SharedState } from './shared-state.ts';

/** Of one process: lost with a restart, unknown to any other. Parts of it serve when there is a Redis too. */
export interface MemoryState extends SharedState {
  /** Joins the refresh under way in this process, or begins one. */
  shareRefresh: (session: Session, refresh: () => Promise<Session>) => Promise<Session>;
  keepSuccessor: (session: Session, successor: Session) => void;
  /** Ids and ends (Unix time in milliseconds) of the sessions ended here. */
  endedSessions: () => { sessionId: string; endsAt: number }[];
}

const MAX_SUCCESSORS = 10_000;
const MAX_ENDED = 100_000;

export function createMemoryState(): MemoryState {
  const refreshes = new Map<string, Promise<Session>>();
  const successors = createExpiringMap<Session>(MAX_SUCCESSORS);
  const ended = createExpiringMap<true>(MAX_ENDED);

  /** It belongs to nobody: a browser that goes away doesn't stop it, since the rotated token would be lost. */
  function shareRefresh({ tokenSetId }: Session, refresh: () => Promise<Session>): Promise<Session> {
    const underWay = refreshes.get(tokenSetId);
    if (underWay) return underWay;
    // Not before it is in the map, where the next caller looks.
    const begun = Promise.resolve()
      .then(refresh)
      .finally(() => refreshes.delete(tokenSetId));
    refreshes.set(tokenSetId, begun);
    return begun;
  }

  function keepSuccessor({ tokenSetId }: Session, successor: Session): void {
    successors.set(tokenSetId, successor, Date.now() + GRACE_MS);
  }

  return {
    shareRefresh,
    keepSuccessor,
    async refreshOnce(session, refresh) {
      return (
        successors.get(session.tokenSetId) ??
        shareRefresh(session, async () => {
          const successor = await refresh();
          keepSuccessor(session, successor);
          return successor;
        })
      );
    },
    findSuccessor: async ({ tokenSetId }) => successors.get(tokenSetId),
    endSession: async ({ sessionId, endsAt }) => ended.set(sessionId, true, endsAt * 1000),
    isEnded: async ({ sessionId }) => ended.get(sessionId) !== undefined,
    endedSessions: () => ended.entries().map(([sessionId, , endsAt]) => ({ sessionId, endsAt })),
    // The provider refuses the second use of a code by itself (RFC 6749 §4.1.2).
    claimTransaction: async () => true,
    releaseTransaction: async () => undefined,
  };
}
