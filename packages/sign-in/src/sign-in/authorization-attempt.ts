import type { StartResponse } from '@oneclick/shared/messages';
import { Fault } from '../api/fault.ts';
import { type AuthorizationPopup, openAuthorizationPopup } from './authorization-popup.ts';
import type { AuthorizationResponse } from '../hand-over/authorization-response.ts';
import { type HandOverListener, listenForAuthorizationResponse } from '../hand-over/hand-over.ts';
import type { PreparedStart } from './prepared-start.ts';
import { continueInSameTab } from './same-tab-attempt.ts';

/** What a person sees of an attempt, as it goes on. */
type Progress = 'blocked' | 'window-opening' | 'window-waiting' | 'window-lost' | 'continuing-here';

export type AuthorizationAttempt = {
  /**
   * The provider's answer, `finished` if the window has exchanged it itself, or the Fault that ended the attempt.
   * Never settles after `cancel`.
   */
  response: Promise<AuthorizationResponse | 'finished'>;
  /** Milliseconds since the Unix epoch. */
  beganAtMs: number;
  /** Opens a window for the same attempt once more. Call it in the click itself. */
  showWindow: () => void;
  /** Goes on in this tab instead of the window. */
  continueHere: () => void;
  /**
   * Ends the attempt: a late answer does nothing, and its window closes when it comes back to us.
   * @returns its state, if it has one yet
   */
  cancel: () => string | undefined;
  /** Nobody answers a late window any more. */
  close: () => void;
};

/**
 * One attempt to sign in, from the click to the provider's answer. Call it in the click itself. If the browser
 * blocks the window, the same attempt goes on in this tab.
 */
export function beginAuthorizationAttempt({
  start,
  place,
  onProgress,
}: {
  start: PreparedStart;
  place: 'window' | 'tab';
  onProgress: (progress: Progress) => void;
}): AuthorizationAttempt {
  const beganAtMs = Date.now();
  const { promise: response, resolve, reject } = Promise.withResolvers<AuthorizationResponse | 'finished'>();
  let hasEnded = false;
  let started = start.ready;
  let isGoingHere = false;
  let popup: AuthorizationPopup | undefined;
  /** Watches the window, until it is another one. */
  let watching = new AbortController();
  let listener: HandOverListener | undefined;
  let expiry: ReturnType<typeof setTimeout> | undefined;

  function showWindow(): void {
    watching.abort();
    popup = openAuthorizationPopup({ isEmpty: started !== undefined });
    onProgress(popup ? 'window-opening' : 'blocked');
    if (!popup) return continueHere();
    if (started) leaveForProvider(popup, started);
  }

  function leaveForProvider(window: AuthorizationPopup, { authorizationUrl }: StartResponse): void {
    window.showAuthorizationServer(authorizationUrl);
    watching = new AbortController();
    window.onSeemsClosed(() => onProgress('window-lost'), watching.signal);
    onProgress('window-waiting');
  }

  function continueHere(): void {
    isGoingHere = true;
    end({ isOver: false });
    onProgress('continuing-here');
    if (started) continueInSameTab(started, beganAtMs).catch(fail);
  }

  async function go(): Promise<void> {
    if (!started) {
      started = await start.answer;
      if (hasEnded) return;
      if (isGoingHere) return continueInSameTab(started, beganAtMs);
      // Closed while it was on our page: a fact, and an end.
      if (popup?.seemsClosed()) throw new Fault('window_closed');
      if (popup) leaveForProvider(popup, started);
    }
    if (!popup) return;
    // The callback page asks until it is answered, so this may be later than the window.
    listener = await listenForAuthorizationResponse(started.state);
    // For as long as an answer may come, somebody is there to take it or to turn it away.
    expiry = setTimeout(() => {
      listener?.close();
      fail(new Fault('attempt_expired'));
    }, started.expiresIn * 1000);
    if (hasEnded) listener.refuse();
    const received = await listener.response;
    end({ isOver: true });
    resolve(received);
  }

  function end({ isOver }: { isOver: boolean }): void {
    hasEnded ||= isOver;
    watching.abort();
    popup?.close();
  }

  function fail(error: unknown): void {
    if (hasEnded) return;
    end({ isOver: true });
    reject(Fault.from(error));
  }

  if (place === 'window') showWindow();
  else continueHere();
  go().catch(fail);

  return {
    response,
    beganAtMs,
    showWindow,
    continueHere,
    cancel() {
      end({ isOver: true });
      listener?.refuse();
      return started?.state;
    },
    close() {
      end({ isOver: true });
      clearTimeout(expiry);
      listener?.close();
    },
  };
}
