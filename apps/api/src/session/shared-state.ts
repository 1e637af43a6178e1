import type { Session } from './session-cookie.ts';
import type { Transaction } from '../sign-in/transaction-cookie.ts';

/**
 * What a sealed cookie can't know by itself: that its tokens were replaced, that its session was ended, that its
 * transaction was used. One process remembers it for itself; several have to share it.
 */
export interface SharedState {
  /**
   * Makes all who hold the same token set, at the same time or up to 30 seconds later, share one refresh and its
   * result. A failure is for those who waited for it: the next caller tries again.
   *
   * A provider that rotates refresh tokens takes a second use of one for theft, and ends the grant (RFC 9700
   * §4.14.2). Two tabs that load at the same time must not look like that.
   *
   * @throws ApiError what `refresh` throws; `refresh_in_progress` if another instance takes too long
   */
  refreshOnce: (session: Session, refresh: () => Promise<Session>) => Promise<Session>;
  /** What a refresh of the last 30 seconds has made of this session, if there was one. */
  findSuccessor: (session: Session) => Promise<Session | undefined>;
  /** Ends its successors with it: they are the same session, and whoever finds one asks `isEnded` too. */
  endSession: (session: SessionEnd) => Promise<void>;
  isEnded: (session: Pick<SessionEnd, 'sessionId'>) => Promise<boolean>;
  /** False if somebody came first. */
  claimTransaction: (transaction: TransactionUse) => Promise<boolean>;
  /** Undoes a claim that came to nothing. */
  releaseTransaction: (transaction: TransactionUse) => Promise<void>;
}

/** Which session, and until when its cookie could open. */
export type SessionEnd = Pick<Session, 'sessionId' | 'endsAt'>;

/** Which transaction, and until when its cookie could open. */
type TransactionUse = Pick<Transaction, 'jti' | 'expiresAt'>;

/** For whoever was sent off with the old cookie before the new one had arrived. */
export const GRACE_MS = 30_000;
