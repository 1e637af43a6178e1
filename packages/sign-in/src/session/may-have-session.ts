import { hasServerSideOutcome } from './server-side-outcome.ts';
import { readSessionMark } from './session-mark.ts';

/**
 * Whether the client starts by asking the API for a session, so that the first screen is not the sign-in button. Known
 * before there is a client, from what the browser remembers and from the address. Sends no request.
 *
 * @example
 * // An inline script, before the browser paints.
 * document.documentElement.dataset.screen = mayHaveSession() ? 'skeleton' : 'sign-in';
 */
export function mayHaveSession(): boolean {
  const mark = readSessionMark();
  return mark === 'signed-in' || (mark === 'none' && hasServerSideOutcome());
}
