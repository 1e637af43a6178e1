import { StartResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import type { ApiClient } from './api-client.ts';
import { openAuthorizationPopup } from './authorization-popup.ts';
import type { AuthorizationResponse } from './authorization-response.ts';
import { type HandOverListener, listenForAuthorizationResponse } from './hand-over.ts';
import { continueInSameTab } from './same-tab-attempt.ts';

export type AuthorizationAttempt = {
  /** The provider's answer, or the Fault that ended the attempt. Never settles after `cancel`. */
  response: Promise<AuthorizationResponse>;
  /** Goes on in this tab instead of the window. */
  continueHere: () => void;
  /** Ends the attempt: a late answer does nothing, and its window closes when it comes back to us. */
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
  const { promise: response, resolve, reject } = Promise.withResolvers<AuthorizationResponse>();
  let isGoingHere = popup === undefined;
  let started: StartResponse | undefined;
  let listener: HandOverListener | undefined;

  function fail(error: unknown): void {
    if (ending.signal.aborted) return;
    ending.abort();
    popup?.close();
    reject(Fault.from(error));
  }

  async function go(): Promise<void> {
    started = await api.post(PATHS.start, {
      body: {},
      parse: (body) => v.parse(StartResponse, body),
      signal: ending.signal,
    });
    if (isGoingHere || !popup) return leaveForSameTab(started);
    // The channel is open before the window leaves: an answer can't come too early.
    listener = await listenForAuthorizationResponse(started.state);
    if (ending.signal.aborted) return listener.close();
    // After a cancellation, too, somebody is there to turn the answer away for as long as it may come.
    const expiry = setTimeout(() => {
      listener?.close();
      fail(new Fault('attempt_expired'));
    }, started.expiresIn * 1000);
    popup.showAuthorizationServer(started.authorizationUrl);
    popup.onSeemsClosed(onWindowSeemsClosed, ending.signal);
    onWaiting();
    const received = await listener.response;
    clearTimeout(expiry);
    ending.abort();
    resolve(received);
  }

  async function leaveForSameTab(to: StartResponse): Promise<void> {
    popup?.close();
    await continueInSameTab(to);
  }

  go().catch(fail);

  return {
    response,
    continueHere() {
      isGoingHere = true;
      if (started) leaveForSameTab(started).catch(fail);
    },
    cancel() {
      ending.abort();
      listener?.refuse();
      popup?.close();
    },
  };
}
