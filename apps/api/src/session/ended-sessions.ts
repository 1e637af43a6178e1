import { FifoMap } from 'toad-cache';
import type { SessionEnd } from './session.ts';

/** The sessions that ended before their cookie expires. A copy of such a cookie must not open. */
export interface EndedSessions {
  /** Ends the successors too: they have the same id. */
  add: (session: SessionEnd) => Promise<void>;
  has: (session: Pick<SessionEnd, 'sessionId'>) => Promise<boolean>;
}

export const MAX_ENDED_SESSIONS = 100_000;

/** Those that were ended in this process. A restart forgets them. */
export function createEndedSessions(): EndedSessions {
  const ended = new FifoMap<true>(MAX_ENDED_SESSIONS);
  return {
    add: async ({ sessionId }) => ended.set(sessionId, true),
    has: async ({ sessionId }) => ended.get(sessionId) === true,
  };
}
