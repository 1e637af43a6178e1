import { FifoMap } from 'toad-cache';
import type { Session } from './session.ts';
import { createShareInFlight } from './share-in-flight.ts';

/**
 * One refresh for all requests with the same token set. A provider that rotates refresh tokens takes the second use
 * of one for theft and ends the grant (RFC 9700 §4.14.2). Two tabs that load at the same time must not cause that.
 */
export interface RefreshOnce {
  /**
   * Callers with the same token set share one refresh and its result, at the same time or up to 30 seconds later. They
   * share a failure only while it is in flight: the next caller tries again.
   *
   * @throws ApiError from `refresh`; `refresh_in_progress` if another instance takes too long
   */
  refreshOnce: (session: Session, refresh: () => Promise<Session>) => Promise<Session>;
  /** The session that a refresh in the last 30 seconds has made of this one. */
  findSuccessor: (session: Session) => Promise<Session | undefined>;
}

/** For requests that were sent with the old cookie before the new one arrived. */
export const GRACE_MS = 30_000;
const MAX_SUCCESSORS = 10_000;

/** For the requests of this process. */
export function createRefreshOnce(): RefreshOnce {
  const shareInFlight = createShareInFlight<Session>();
  const successors = new FifoMap<Session>(MAX_SUCCESSORS, GRACE_MS);

  return {
    async refreshOnce({ tokenSetId }, refresh) {
      const refreshAndKeep = async () => {
        const refreshed = await refresh();
        successors.set(tokenSetId, refreshed);
        return refreshed;
      };
      return successors.get(tokenSetId) ?? shareInFlight(tokenSetId, refreshAndKeep);
    },
    findSuccessor: async ({ tokenSetId }) => successors.get(tokenSetId),
  };
}
