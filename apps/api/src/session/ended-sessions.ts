import { FifoMap } from 'toad-cache';
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
  const ended = new FifoMap<SessionEnd>(MAX_ENDED);
  const all = () => [...ended.keys()].flatMap((id) => ended.get(id) ?? []);
  return {
    add: async ({ sessionId, endsAt }) => ended.set(sessionId, { sessionId, endsAt }),
    has: async ({ sessionId }) => ended.get(sessionId) !== undefined,
    all: () => all().filter(({ endsAt }) => endsAt * 1000 > Date.now()),
  };
}
