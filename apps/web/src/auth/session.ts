import { TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { Fault, type Notice } from '../fault.ts';
import { createAccessToken } from './access-token.ts';
import type { ApiClient } from './api-client.ts';
import { type AuthorizationAttempt, beginAuthorizationAttempt } from './authorization-attempt.ts';
import type { AuthorizationResponse } from './authorization-response.ts';
import { listenToOtherTabs } from './other-tabs.ts';
import { createRefresh } from './refresh-access-token.ts';
import { retryDelayMs } from './retry-delay.ts';
import { retryOnceOn401 } from './retry-once-on-401.ts';
import { takeOutcome } from './same-tab-attempt.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

/** What a person sees. No token is in it. */
export type SessionSnapshot =
  /** A session may be there. `trouble`: it could not be asked for yet, and is asked for again. */
  | { status: 'restoring'; trouble?: Notice }
  /** `notice`: why, if the person should know. */
  | { status: 'signed-out'; notice?: Notice }
  /** `opening`: the window is ours; `waiting`: it is at the provider; `exchanging`: the answer is here. */
  | { status: 'signing-in'; step: 'opening' | 'waiting' | 'exchanging' }
  /** `trouble`: the token could not be refreshed yet. The session goes on. */
  | { status: 'signed-in'; sessionId: string; scope: string; trouble?: Notice }
  /** Signed in until just now. */
  | { status: 'ended'; notice: Notice };

export type Session = ReturnType<typeof createSession>;

const asTokenResponse = (body: unknown) => v.parse(TokenResponse, body);

/**
 * The sign-in of this tab: a state machine in plain TypeScript, with one snapshot for the screens and the
 * access token in a closure. The README of this app draws it.
 */
export function createSession({ api }: { api: ApiClient }) {
  let snapshot: SessionSnapshot = { status: 'restoring' };
  const listeners = new Set<() => void>();
  /** Attempts whose answer still signs in. More than one if a window was lost from sight and another opened. */
  const attempts = new Set<AuthorizationAttempt>();
  /** Goes up with every sign-in and sign-out. What began in an earlier one changes nothing any more. */
  let epoch = 0;
  let restoreTimer: ReturnType<typeof setTimeout> | undefined;
  let failedTries = 0;
  /** A sign-in waits for it: an answer to the sign-out that came later would clear the new cookie. */
  let signOutTold: Promise<void> = Promise.resolve();

  const accessToken = createAccessToken({ onRefreshDue: () => void refreshInTime() });
  const otherTabs = listenToOtherTabs((news) => {
    // Who is signing in here finishes first, and then this tab has the news.
    if (snapshot.status === 'signing-in') return;
    if (news.type === 'signed-out') forgetUser({ status: 'signed-out' });
    else if (snapshot.status !== 'signed-in' || snapshot.sessionId !== news.sessionId) void restore();
  });
  const refresh = createRefresh({
    request: () => api.post(PATHS.refreshToken, { parse: asTokenResponse }),
    onRefreshed: (response, refreshedIn) => {
      if (refreshedIn !== epoch) throw new Fault('no_session');
      enter(response);
    },
    epoch: () => epoch,
  });

  function show(next: SessionSnapshot): void {
    snapshot = next;
    for (const listener of listeners) listener();
  }

  /** Signed in with this token, for the first time or again. */
  function enter(response: TokenResponse): void {
    failedTries = 0;
    accessToken.hold(response);
    writeSessionMark('signed-in');
    show({ status: 'signed-in', sessionId: response.session_id, scope: response.scope });
  }

  function forgetUser(next: SessionSnapshot): void {
    epoch += 1;
    clearTimeout(restoreTimer);
    accessToken.forget();
    endAttempts();
    show(next);
  }

  function endAttempts(): void {
    const ended = [...attempts];
    attempts.clear();
    for (const attempt of ended) attempt.cancel();
  }

  /** For a 401 on a cookie route: the session is over, and the person is told why. */
  function endSession(fault: Fault): void {
    // `session_refused` keeps its cookie: it may have been a slip of the provider's, and a reload will tell.
    if (fault.code !== 'session_refused') writeSessionMark('none');
    const nobodyWasThere = fault.code === 'no_session' || fault.code === 'session_invalid';
    forgetUser(
      nobodyWasThere && snapshot.status === 'restoring'
        ? { status: 'signed-out' }
        : { status: 'ended', notice: fault.notice },
    );
  }

  /** Looks for the session of an earlier page. A visitor who never signed in costs no call. */
  async function restore(): Promise<void> {
    const mark = readSessionMark();
    if (mark === 'sign-out-pending') signOutTold = tellSignOut();
    if (mark !== 'signed-in') {
      const notice = takeOutcome();
      return forgetUser(notice ? { status: 'signed-out', notice } : { status: 'signed-out' });
    }
    // Trouble stays on the screen while it is tried again.
    forgetUser(snapshot.status === 'restoring' ? snapshot : { status: 'restoring' });
    const restoredIn = epoch;
    try {
      const response = await api.post(PATHS.session, { parse: asTokenResponse });
      if (restoredIn === epoch) enter(response);
    } catch (error) {
      if (restoredIn !== epoch) return;
      const fault = Fault.from(error);
      if (fault.status === 401) return endSession(fault);
      show({ status: 'restoring', trouble: fault.notice });
      restoreTimer = setTimeout(() => void restore(), retryDelayMs(failedTries++, fault));
    }
  }

  /** Five minutes before the token ends. Who fails for a reason that passes keeps the token until its end. */
  async function refreshInTime(): Promise<void> {
    const refreshedIn = epoch;
    try {
      await refreshOrEnd();
    } catch (error) {
      const fault = Fault.from(error);
      if (snapshot.status !== 'signed-in' || refreshedIn !== epoch) return;
      if (accessToken.read() === undefined) show({ ...snapshot, trouble: fault.notice });
      accessToken.postponeRefresh(retryDelayMs(failedTries++, fault));
    }
  }

  async function refreshOrEnd(): Promise<string> {
    const refreshedIn = epoch;
    try {
      return (await refresh()).access_token;
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.status === 401 && refreshedIn === epoch) endSession(fault);
      throw fault;
    }
  }

  async function exchange(response: AuthorizationResponse): Promise<void> {
    epoch += 1;
    const exchangedIn = epoch;
    show({ status: 'signing-in', step: 'exchanging' });
    await signOutTold;
    // With `error`, too: the API ends the transaction and says which kind of error it is.
    const tokenResponse = await api.post(PATHS.exchangeToken, { body: response, parse: asTokenResponse });
    if (exchangedIn !== epoch) return;
    enter(tokenResponse);
    otherTabs.tell({ type: 'signed-in', sessionId: tokenResponse.session_id });
  }

  /** Call it in the click itself: the window opens before anything is awaited. */
  function signIn(): void {
    if (snapshot.status === 'signing-in' || snapshot.status === 'signed-in') return;
    // In a frame the window's answer would go to another storage partition, and a click may be stolen.
    if (window.top !== window) return show({ status: 'signed-out', notice: { code: 'framed' } });
    show({ status: 'signing-in', step: 'opening' });
    const attempt = beginAuthorizationAttempt({
      api,
      onWaiting: () => show({ status: 'signing-in', step: 'waiting' }),
      // A hint, not a fact: the button comes back at once, and a late answer still signs in.
      onWindowSeemsClosed: () => {
        if (attempts.has(attempt)) show({ status: 'signed-out', notice: { code: 'window_closed' } });
      },
    });
    attempts.add(attempt);
    void finish(attempt);
  }

  async function finish(attempt: AuthorizationAttempt): Promise<void> {
    try {
      const response = await attempt.response;
      if (!attempts.delete(attempt)) return;
      endAttempts();
      await exchange(response);
    } catch (error) {
      const isWanted = attempts.delete(attempt) || isExchanging();
      if (isWanted) show({ status: 'signed-out', notice: Fault.from(error).notice });
    }
  }

  const isExchanging = () => snapshot.status === 'signing-in' && snapshot.step === 'exchanging';

  function cancelSignIn(): void {
    endAttempts();
    // Signed out, unless another tab has signed in meanwhile.
    void restore();
  }

  async function signOut(): Promise<void> {
    writeSessionMark('sign-out-pending');
    forgetUser({ status: 'signed-out' });
    otherTabs.tell({ type: 'signed-out' });
    signOutTold = tellSignOut();
    await signOutTold;
  }

  /** Tells the API that the person signed out. If it can't be told now, the next load tells it. */
  async function tellSignOut(): Promise<void> {
    try {
      await api.post(PATHS.logout, { parse: () => undefined, keepalive: true });
      if (readSessionMark() === 'sign-out-pending') writeSessionMark('none');
    } catch {
      // The mark stays: nothing is restored until the API has been told.
    }
  }

  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: (): SessionSnapshot => snapshot,

    restore,
    signIn,
    cancelSignIn,
    continueSignInHere: () => [...attempts].at(-1)?.continueHere(),
    signOut,

    /** A GET of the API's with the access token: refreshed once and tried once more if the token has ended. */
    async fetchWithAccessToken<T>(
      path: string,
      options: { parse: (body: unknown) => T; signal?: AbortSignal },
    ): Promise<T> {
      const askedIn = epoch;
      if (snapshot.status !== 'signed-in') throw new Fault('no_session', { status: 401 });
      try {
        const answer = await retryOnceOn401((token) => api.get(path, { accessToken: token, ...options }), {
          read: accessToken.read,
          refresh: refreshOrEnd,
        });
        if (askedIn !== epoch) throw new Fault('no_session', { status: 401 });
        return answer;
      } catch (error) {
        // Refused with a token that is fresh: signing in again is all that can help.
        if (error instanceof Fault && error.code === 'invalid_token' && askedIn === epoch) endSession(error);
        throw error;
      }
    },

    /** Undoes what was set up. */
    close(): void {
      epoch += 1;
      clearTimeout(restoreTimer);
      accessToken.forget();
      endAttempts();
      otherTabs.close();
    },
  };
}
