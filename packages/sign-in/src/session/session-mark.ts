/*
 * A note to ourselves that is not secret: whether a session may be there to restore. It saves a visitor who
 * never signed in the call, and a person who did the flash of the sign-in screen.
 */

const KEY = 'session';

export type SessionMark =
  | 'signed-in'
  /** Signed out here, but the API could not be told yet. Nothing is restored until it is. */
  | 'sign-out-pending'
  | 'none';

export function readSessionMark(): SessionMark {
  const mark = attempt(() => localStorage.getItem(KEY));
  return mark === 'signed-in' || mark === 'sign-out-pending' ? mark : 'none';
}

export function writeSessionMark(mark: SessionMark): void {
  attempt(() => (mark === 'none' ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, mark)));
}

/** Undefined where the browser keeps nothing, be it full or blocked by the user: then every load is a first visit. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
