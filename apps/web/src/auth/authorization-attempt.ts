import { StartResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import type { ApiClient } from './api-client.ts';
import { openAuthorizationPopup } from './authorization-popup.ts';
import type { AuthorizationResponse } from './authorization-response.ts';
import { listenForAuthorizationResponse } from './hand-over.ts';
import { continueInSameTab } from './same-tab-attempt.ts';

export type AuthorizationAttempt = {
  /** Settles once: the provider's answer, or the Fault that ended the attempt. Never, if it was cancelled. */
  response: Promise<AuthorizationResponse>;
  focusWindow: () => void;
  /** Goes on in this tab instead of the window. */
  continueHere: () => void;
  /** Ends the attempt: the window closes, and a late answer does nothing. */
  cancel: () => void;
};

/**
 * One attempt to sign in, from the click to the provider's answer. Call it in the click itself.
 * If the browser blocks the window, the same attempt goes on in this tab.
 */
export function beginAuthorizationAttempt({
  api,
  onWaiting,
  onWindowSeemsClosed,
}: {
  api: ApiClient;
  onWaiting: () => void;
  onWindowSeemsClosed: () => void;
}): AuthorizationAttempt {
  const popup = openAuthorizationPopup();
  const ending = new AbortController();
  let goHere = popup === undefined;
  let started: StartResponse | undefined;

  function cancel(): void {
    ending.abort(new Fault('window_closed'));
    popup?.close();
  }

  async function go(): Promise<AuthorizationResponse> {
    started = await api.post(PATHS.start, {
      body: {},
      parse: (body) => v.parse(StartResponse, body),
      signal: ending.signal,
    });
    if (goHere || !popup) return leaveForSameTab(started);
    // The channel is open before the window leaves: an answer can't come too early.
    const listening = await listenForAuthorizationResponse(started.state, ending.signal);
    const expiry = setTimeout(() => ending.abort(new Fault('attempt_expired')), started.expiresIn * 1000);
    ending.signal.addEventListener('abort', () => clearTimeout(expiry), { once: true });
    popup.showAuthorizationServer(started.authorizationUrl);
    popup.onSeemsClosed(onWindowSeemsClosed, ending.signal);
    onWaiting();
    return listening.response;
  }

  async function leaveForSameTab(to: StartResponse): Promise<never> {
    await continueInSameTab(to);
    popup?.close();
    // The page is being left. Back from the provider restores it, with this attempt still here to cancel.
    return new Promise<never>((_, reject) => {
      ending.signal.addEventListener('abort', () => reject(Fault.from(ending.signal.reason)), { once: true });
    });
  }

  const response = go().then(
    (received) => {
      ending.abort();
      return received;
    },
    (error: unknown) => {
      cancel();
      throw error;
    },
  );

  return {
    response,
    focusWindow: () => popup?.focus(),
    continueHere() {
      goHere = true;
      if (started) void leaveForSameTab(started).catch(() => undefined);
    },
    cancel,
  };
}
