import { sessionHintName } from '@oneclick/shared/session-hint';
import { apiOriginOfPage } from '../api/api-origin.ts';

/*
 * Whether this browser may have a session to restore. Not secret. Without the mark, a visitor who never signed in would
 * cause a request on each load, and a signed-in user would see the sign-in screen for a moment. The mark is in the
 * storage and, where the page has the host of the API, in a cookie that the API sets and clears with the session cookie.
 */

const KEY = 'oneclick:session';

export type SessionMark =
  | 'signed-in'
  /** Signed out here, and the API has not confirmed it. Nothing is restored until it has. */
  | 'sign-out-pending'
  | 'none';

export function readSessionMark(): SessionMark {
  const mark = ignoreErrors(() => localStorage.getItem(KEY));
  if (mark === 'sign-out-pending') return mark;
  // Any other value counts. Another script may have overwritten it, and the API knows whether there is a session.
  return mark || hasSessionHint() ? 'signed-in' : 'none';
}

export function writeSessionMark(mark: SessionMark): void {
  ignoreErrors(() => (mark === 'none' ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, mark)));
  // The API clears the cookie when it has confirmed the sign-out. Where storage is blocked, nothing else records it.
  if (mark === 'sign-out-pending') {
    ignoreErrors(() => {
      document.cookie = `${hintName()}=; Max-Age=-1; Path=/${location.protocol === 'https:' ? '; Secure' : ''}`;
    });
  }
}

function hasSessionHint(): boolean | undefined {
  return ignoreErrors(() =>
    document.cookie.split('; ').some((cookie) => cookie.startsWith(`${hintName()}=`)),
  );
}

function hintName(): string {
  return sessionHintName(new URL(apiOriginOfPage() || location.href));
}

/** The user may have blocked cookies and storage, or the storage is full: then each load is a first visit. */
function ignoreErrors<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
