import type { ErrorDetails } from '../sign-in-error.ts';

/**
 * The session of the user, as this tab knows it. Each change makes a new object. Contains no token and no data of the
 * user: read the account with `fetchUserinfo` or, under React Query, with `useUser()`.
 *
 * @example
 * switch (session.status) {
 *   case 'loading': return <Skeleton />;
 *   case 'signed-out': return <SignInButton error={session.error} />;
 *   case 'signing-in': return <button onClick={session.transaction?.cancel}>Cancel</button>;
 *   case 'signed-in': return <Account />;
 * }
 */
export type Session = LoadingSession | SignedOutSession | SigningInSession | SignedInSession;

interface SessionBase {
  /**
   * Whether `status` is `signed-in`.
   * @example
   * if (!session.isSignedIn) return <Navigate to="/sign-in" />;
   */
  readonly isSignedIn: boolean;
  /**
   * Whether the user has granted this scope. False while nobody is signed in.
   * @example
   * {session.hasScope('balance') && <Balance />}
   */
  hasScope(this: void, scope: string): boolean;
}

/**
 * The browser remembers a session, and the API has not confirmed it yet. Also the session on a server (SSR).
 * @example
 * { status: 'loading', warning: { code: 'offline' } }
 */
export interface LoadingSession extends SessionBase {
  readonly status: 'loading';
  readonly isSignedIn: false;
  /** The last request for the session failed. The client retries by itself; `tryAgain()` retries now. */
  readonly warning?: ErrorDetails;
}

/**
 * Nobody is signed in. Show the sign-in button.
 * @example
 * { status: 'signed-out', step: 'ended', error: { code: 'session_expired', requestId: 'req-8f2c' } }
 */
export type SignedOutSession = SignedOut | WindowLost;

interface SignedOut extends SessionBase {
  readonly status: 'signed-out';
  readonly isSignedIn: false;
  /** `ended`: the user was signed in until the session ended, see `error`. `idle`: all other cases. */
  readonly step: 'idle' | 'ended';
  /** Why the last sign-in failed or the session ended. */
  readonly error?: ErrorDetails;
}

interface WindowLost extends SessionBase {
  readonly status: 'signed-out';
  readonly isSignedIn: false;
  /**
   * The sign-in window seems closed. That is a guess: a provider that sends Cross-Origin-Opener-Policy hides the
   * window from this tab. The window may still finish the sign-in, and `signIn()` opens another window for it.
   */
  readonly step: 'window-lost';
  readonly error?: undefined;
  readonly transaction: OpenTransaction;
}

/**
 * The user has clicked, and the sign-in has not ended.
 * @example
 * { status: 'signing-in', step: 'exchanging-code' }
 */
export interface SigningInSession extends SessionBase {
  readonly status: 'signing-in';
  readonly isSignedIn: false;
  /**
   * `opening-window`: the window shows a page of the app, and the API is asked for the provider's address.
   * `waiting-for-provider`: the window is at the provider. `redirecting`: this tab goes to the provider itself.
   * `exchanging-code`: the provider has answered, and the API exchanges the code.
   */
  readonly step: 'opening-window' | 'waiting-for-provider' | 'redirecting' | 'exchanging-code';
  /** The actions that the user can take meanwhile. Missing while the code is exchanged. */
  readonly transaction?: OpenTransaction;
}

/**
 * A user is signed in. Show the account.
 * @example
 * { status: 'signed-in', sessionId: '9b2…', scopes: ['profile', 'balance'] }
 */
export interface SignedInSession extends SessionBase {
  readonly status: 'signed-in';
  readonly isSignedIn: true;
  /** Public, and new with each sign-in. Use it in the keys of your caches, so that no user sees another one's data. */
  readonly sessionId: string;
  /** The scopes that the user has granted, for example `['profile', 'balance']`. */
  readonly scopes: readonly string[];
  /** A problem that passes by itself: offline, or the token could not be refreshed yet. The session goes on. */
  readonly warning?: ErrorDetails;
}

/**
 * A transaction: the time between the click and the authorization response. Its methods do nothing once it has ended.
 * @example
 * const { transaction } = session;
 * {transaction?.showWindow && <button onClick={transaction.showWindow}>Show the window</button>}
 */
export interface OpenTransaction {
  /** Opens another window for this transaction. Call it in the click itself. Only where a window is at the provider. */
  showWindow?(this: void): void;
  /** Goes on in this tab instead of the window. Missing once this tab is on its way. */
  continueHere?(this: void): void;
  /** Ends the transaction. A response that still comes is refused, and its window closes. */
  cancel(this: void): void;
}

type WithoutMethods<T> = T extends Session ? Omit<T, keyof SessionBase> : never;

/** A session without `isSignedIn` and `hasScope`, which follow from its other fields. */
export type SessionData = WithoutMethods<Session>;

/** Adds `isSignedIn` and `hasScope`. */
export function toSession(data: SessionData): Session {
  return data.status === 'signed-in'
    ? { ...data, isSignedIn: true, hasScope: (scope) => data.scopes.includes(scope) }
    : { ...data, isSignedIn: false, hasScope: () => false };
}
