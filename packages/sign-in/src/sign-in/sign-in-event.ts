import type { SignInErrorCode } from '../sign-in-error.ts';

/**
 * What happens to a sign-in and to its session, for statistics and support. Contains no token, no authorization
 * code, no `state` and no address.
 * @example
 * client.onEvent((event) => analytics.track(`sign_in_${event.type}`, event));
 */
export type SignInEvent =
  /** The user has clicked. `redirect`: in this tab, as asked for, or because no window can be had here. */
  | { type: 'started'; mode: 'popup' | 'redirect' }
  /** The browser opened no window. The sign-in goes on in this tab. */
  | { type: 'window-blocked' }
  /** The window was closed, or the provider's page hides it from this tab. It may still finish the sign-in. */
  | { type: 'window-lost' }
  | { type: 'window-opened-again' }
  /** The user has chosen to go on in this tab instead of the window. */
  | { type: 'continued-here' }
  | { type: 'cancelled' }
  /** The authorization response is here. */
  | { type: 'answered' }
  /** The user refused at the provider. */
  | { type: 'denied'; requestId?: string }
  /** Signed in. Milliseconds since the click; missing if the click was in another tab or on another page. */
  | { type: 'completed'; tookMs?: number }
  | { type: 'failed'; code: SignInErrorCode; requestId?: string; status?: number }
  /** The user has signed out, here or in another tab; with `code`, the session has ended by itself. */
  | { type: 'signed-out'; code?: SignInErrorCode; requestId?: string; status?: number };
