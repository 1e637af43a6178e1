import { createContext, type ReactNode, use, useSyncExternalStore } from 'react';
import type { Session } from '@oneclick/sign-in/src/session/tab-session.ts';
import type { SessionState } from '@oneclick/sign-in/src/session/session-state.ts';

/*
 * The one seam between the sign-in and React. Screens read snapshots and call what the session offers; they
 * never see a token, a cookie or a lock.
 */

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** The session, and the snapshot of it that this render shows. */
export function useSession(): { session: Session; snapshot: SessionState } {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession() needs a <SessionProvider> above it');
  return { session, snapshot: useSyncExternalStore(session.subscribe, session.getSnapshot) };
}
