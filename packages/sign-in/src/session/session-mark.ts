/*
 * Whether this browser may have a session to restore. Not secret. Without the mark, a visitor who never signed in would
 * cause a request on each load, and a signed-in user would see the sign-in screen for a moment.
 */

const KEY = 'oneclick:session';

export type SessionMark =
  | 'signed-in'
  /** Signed out here, and the API has not confirmed it. Nothing is restored until it has. */
  | 'sign-out-pending'
  | 'none';

export function readSessionMark(): SessionMark {
  const mark = ignoreErrors(() => localStorage.getItem(KEY));
  return mark === 'signed-in' || mark === 'sign-out-pending' ? mark : 'none';
}

export function writeSessionMark(mark: SessionMark): void {
  ignoreErrors(() => (mark === 'none' ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, mark)));
}

/** The user may have blocked the storage, or it is full: then each load is a first visit. */
function ignoreErrors<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
