import { FifoMap } from 'toad-cache';
import { ApiError } from '../http/api-error.ts';
import { createShareInFlight } from '../share-in-flight.ts';
import type { Session, SessionEnd } from './session.ts';

/**
 * What a sealed session cookie can't contain: that its tokens were replaced, or that its session ended before the cookie
 * expires. A copy of the cookie of an ended session must not open, and a provider that rotates refresh tokens takes the
 * second use of one for theft and ends the grant (RFC 9700 §4.14.2).
 */
export interface SessionStore {
  /**
   * Callers with the same token set share one refresh and its result, at the same time or up to 30 seconds later. They
   * share a failure only while it is in flight: the next caller tries again.
   *
   * @returns the latest session
   * @throws ApiError from `refresh`; `session_invalid` if the session has ended, also during the refresh;
   * `refresh_in_progress` if another instance takes too long
   */
  refreshOnce: (session: Session, work: RefreshWork) => Promise<Session>;
  /** The session that a refresh in the last 30 seconds has made of this one, and whether the session has ended. */
  find: (session: Session) => Promise<{ successor: Session | undefined; hasEnded: boolean }>;
  /** Ends the successors too: they have the same id. */
  end: (session: SessionEnd) => Promise<void>;
}

export interface RefreshWork {
  refresh: () => Promise<Session>;
  /** Receives the refreshed session if no one else may, because the session has ended during the refresh. */
  discard: (refreshed: Session) => Promise<void>;
}

/**
 * A cookie may be several refreshes old if the request was sent before their answers arrived.
 * @throws ApiError `session_invalid` if the session has ended
 */
export async function findLatest(store: Pick<SessionStore, 'find'>, session: Session): Promise<Session> {
  const { successor, hasEnded } = await store.find(session);
  if (hasEnded) throw new ApiError('session_invalid');
  return successor ? findLatest(store, successor) : session;
}

/** For requests that were sent with the old cookie before the new one arrived. */
export const GRACE_MS = 30_000;
const MAX_SUCCESSORS = 10_000;
export const MAX_ENDED_SESSIONS = 100_000;

/** For the requests of this process. A restart forgets everything. */
export function createSessionStore(): SessionStore {
  const shareInFlight = createShareInFlight<Session>();
  const successors = new FifoMap<Session>(MAX_SUCCESSORS, GRACE_MS);
  const ended = new FifoMap<true>(MAX_ENDED_SESSIONS);
  const hasEnded = ({ sessionId }: Session) => ended.get(sessionId) === true;

  async function refreshAndKeep(session: Session, { refresh, discard }: RefreshWork): Promise<Session> {
    const refreshed = await refresh().catch((error: unknown) => {
      throw hasEnded(session) ? new ApiError('session_invalid') : error;
    });
    successors.set(session.tokenSetId, refreshed);
    if (!hasEnded(session)) return refreshed;
    await discard(refreshed);
    throw new ApiError('session_invalid');
  }

  const store: SessionStore = {
    refreshOnce: (session, work) =>
      shareInFlight(session.tokenSetId, async () => {
        const latest = await findLatest(store, session);
        return latest === session ? refreshAndKeep(session, work) : latest;
      }),
    find: async (session) => ({
      successor: successors.get(session.tokenSetId),
      hasEnded: hasEnded(session),
    }),
    end: async ({ sessionId }) => ended.set(sessionId, true),
  };
  return store;
}
