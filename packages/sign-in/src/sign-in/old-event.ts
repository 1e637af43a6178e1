import type { FaultCode } from '../api/fault.ts';

/** What happens to a sign-in, for statistics and for support. No token, code, state or address is in it. */
export type SignInEvent =
  /** `window`: in a window of its own. `tab`: in this tab, because no window can be had here. */
  | { type: 'started'; place: 'window' | 'tab' }
  /** The browser opened no window. The attempt goes on in this tab. */
  | { type: 'blocked' }
  | { type: 'window-opened-again' }
  /** Closed, or cut off by the provider's page. A late answer still signs in. */
  | { type: 'window-lost' }
  | { type: 'continued-here' }
  | { type: 'cancelled' }
  /** The provider's answer has arrived. */
  | { type: 'answered' }
  | { type: 'denied'; requestId?: string }
  /** Milliseconds since the click; not known if the sign-in began in another tab. */
  | { type: 'completed'; tookMs?: number }
  | { type: 'failed'; code: FaultCode; requestId?: string };
