import { createExpiringMap } from './expiring-map.ts';
import type { SessionEnd } from './session.ts';

/** The sessions that ended before their cookie expires. A copy of such a cookie must not open. */
export interface EndedSessions {
  /** Ends the successors too: they have the same id. */
  add: (session: SessionEnd) => Promise<void>;
  has: (session: Pick<SessionEnd, 'sessionId'>) => Promise<boolean>;
}

/** Those that were ended in this process. A restart forgets them. */
export interface MemoryEndedSessions extends EndedSessions {
  all: () => SessionEnd[];
}

const MAX_ENDED = 100_000;

export function createEndedSessions(): MemoryEndedSessions {
  const ends = createExpiringMap<SessionEnd>(MAX_ENDED);
  return {
    add: async ({ sessionId, endsAt }) => ends.set(sessionId, { sessionId, endsAt }, endsAt * 1000),
    has: async ({ sessionId }) => ends.get(sessionId) !== undefined,
    all: ends.values,
  };
}
