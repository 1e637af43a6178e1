import { PATHS } from '@oneclick/shared/paths';
import type { TokenResponse } from '@oneclick/shared/messages';
import { Fault, type Notice } from '../fault.ts';
import { createAccessToken } from './access-token.ts';
import { parseStartResponse, parseTokenResponse } from './api-answers.ts';
import type { ApiClient } from './api-client.ts';
import { type AuthorizationAttempt, beginAuthorizationAttempt } from './authorization-attempt.ts';
import type { AuthorizationResponse } from './authorization-response.ts';
import { listenToOtherTabs } from './other-tabs.ts';
import { createPreparedStart } from './prepared-start.ts';
import { createRefresh } from './refresh-access-token.ts';
import { retryDelayMs } from './retry-delay.ts';
import { retryOnceOn401 } from './retry-once-on-401.ts';
import { takeOutcome } from './same-tab-attempt.ts';
import { withSessionLock } from './session-lock.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';
import { type SessionEvent, type SessionState, transition } from './session-state.ts';
import type { SignInEvent } from './sign-in-event.ts';
import { signInPlace } from './sign-in-place.ts';

export type Session = ReturnType<typeof createSession>;

/**
 * The sign-in of this tab: what happens around the state machine (session-state.ts), with one snapshot for the
 * screens and the access token in a closure.
 */
export function createSession({ api }: { api: ApiClient }) {
  let state: SessionState = { name: 'restoring' };
  const listeners = new Set<() => void>();
  const eventListeners = new Set<(event: SignInEvent) => void>();
  /** The one whose answer signs in. It may have been lost from sight. */
  let attempt: AuthorizationAttempt | undefined;
  /** Those, too, whose window is to be turned away when it comes back. */
  const attempts = new Set<AuthorizationAttempt>();
  /** Goes up with every sign-in and sign-out. What began in an earlier one changes nothing any more. */
  let epoch = 0;
  let restoreTimer: ReturnType<typeof setTimeout> | undefined;
  let failedTries = 0;
  /** A sign-in waits for it: an answer to the sign-out that came later would clear the new cookie. */
  let signOutTold: Promise<void> = Promise.resolve();

  const accessToken = createAccessToken({ onRefreshDue: () => void refreshInTime() });
  const start = createPreparedStart(() => api.post(PATHS.start, { body: {}, parse: parseStartResponse }));
  const refresh = createRefresh({
    request: () => api.post(PATHS.refreshToken, { parse: parseTokenResponse }),
    epoch: () => epoch,
    token: accessToken,
    onRefreshed(response) {
      enter(response);
      otherTabs.tell({ type: 'refreshed', response });
    },
  });

  const otherTabs = listenToOtherTabs((news) => {
    const sessionId = state.name === 'signed-in' ? state.sessionId : undefined;
    switch (news.type) {
      case 'signed-in':
        // Who is signing in here finishes first, and then the other tab has the news.
        if (!isSigningIn()) void restore();
        return;
      case 'refreshed':
        if (news.response.session_id === sessionId) enter(news.response);
        return;
      case 'signed-out':
        // The API has dropped the attempts of every tab.
        if (state.name !== 'exchanging') forgetUser({ type: 'signed-out' });
        return;
      case 'ended':
        if (news.sessionId === sessionId) forgetUser(news);
    }
  });

  const closing = new AbortController();
  const { signal } = closing;
  const onVisible = () => {
    if (document.visibilityState === 'visible') accessToken.check();
  };
  document.addEventListener('visibilitychange', onVisible, { signal });
  document.addEventListener('resume', onVisible, { signal });
  window.addEventListener('offline', () => dispatch({ type: 'trouble', notice: { code: 'offline' } }), {
    signal,
  });
  window.addEventListener('online', recover, { signal });
  // Back from another page (bfcache): what is kept of this page shows nobody.
  window.addEventListener(
    'pagehide',
    ({ persisted }) => {
      if (persisted && state.name === 'signed-in') forgetUser({ type: 'look-up' });
    },
    { signal },
  );
  window.addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (persisted && !isWindowOpen()) void restore();
    },
    { signal },
  );

  /** False if the event means nothing in this state. */
  function dispatch(event: SessionEvent): boolean {
    const next = transition(state, event);
    if (next === state) return false;
    state = next;
    for (const listener of listeners) listener();
    return true;
  }

  /** In a task of its own: an error in a subscriber is the subscriber's. */
  function tell(event: SignInEvent): void {
    for (const listener of eventListeners) queueMicrotask(() => listener(event));
  }

  function tellFailure({ code, requestId }: Notice): void {
    const quote = requestId === undefined ? {} : { requestId };
    tell(code === 'authorization_denied' ? { type: 'denied', ...quote } : { type: 'failed', code, ...quote });
  }

  const isWindowOpen = () => ['window-opening', 'window-waiting', 'window-lost'].includes(state.name);
  const isSigningIn = () =>
    ['window-opening', 'window-waiting', 'continuing-here', 'exchanging'].includes(state.name);

  /** Signed in with this token, for the first time or again. */
  function enter(response: TokenResponse): void {
    failedTries = 0;
    accessToken.hold(response);
    writeSessionMark('signed-in');
    dispatch({ type: 'token', sessionId: response.session_id, scope: response.scope });
  }

  function forgetUser(event: SessionEvent): void {
    epoch += 1;
    clearTimeout(restoreTimer);
    accessToken.forget();
    start.drop();
    attempt?.cancel();
    attempt = undefined;
    dispatch(event);
  }

  /** For a 401 on a cookie route: the session is over, and the person is told why. */
  function endSession(fault: Fault): void {
    // `session_refused` keeps its cookie: it may have been a slip of the provider's, and a reload will tell.
    if (fault.code !== 'session_refused') writeSessionMark('none');
    if (state.name === 'signed-in') {
      otherTabs.tell({ type: 'ended', sessionId: state.sessionId, notice: fault.notice });
    }
    const nobodyWasThere = fault.code === 'no_session' || fault.code === 'session_invalid';
    forgetUser(
      nobodyWasThere && state.name === 'restoring'
        ? { type: 'nobody-there' }
        : { type: 'ended', notice: fault.notice },
    );
  }

  /** Looks for the session of an earlier page. A visitor who never signed in costs no call. */
  async function restore(): Promise<void> {
    const mark = readSessionMark();
    const outcome = takeOutcome();
    if (mark === 'sign-out-pending') signOutTold = tellSignOut();
    forgetUser({ type: 'look-up' });
    if (mark !== 'signed-in') {
      if (!outcome || !('code' in outcome)) return void dispatch({ type: 'nobody-there' });
      tellFailure(outcome);
      return void dispatch({ type: 'nobody-there', notice: outcome });
    }
    const restoredIn = epoch;
    try {
      const response = await api.post(PATHS.session, { parse: parseTokenResponse });
      if (restoredIn !== epoch) return;
      enter(response);
      if (!outcome || 'code' in outcome) return;
      otherTabs.tell({ type: 'signed-in' });
      tell({ type: 'completed', ...(outcome.tookMs !== undefined && { tookMs: outcome.tookMs }) });
    } catch (error) {
      if (restoredIn !== epoch) return;
      const fault = Fault.from(error);
      if (fault.status === 401) return endSession(fault);
      dispatch({ type: 'trouble', notice: fault.notice });
      restoreTimer = setTimeout(() => void restore(), retryDelayMs(failedTries++, fault));
    }
  }

  /** The network is back: what waited for its turn is tried at once. */
  function recover(): void {
    if (state.name === 'restoring') return void restore();
    dispatch({ type: 'trouble-over' });
    accessToken.hurry();
  }

  /** Five minutes before the token ends. Who fails for a reason that passes keeps the token until its end. */
  async function refreshInTime(): Promise<void> {
    const refreshedIn = epoch;
    try {
      await refreshOrEnd();
    } catch (error) {
      const fault = Fault.from(error);
      if (refreshedIn !== epoch) return;
      if (accessToken.read() === undefined) dispatch({ type: 'trouble', notice: fault.notice });
      accessToken.postponeRefresh(retryDelayMs(failedTries++, fault));
    }
  }

  async function refreshOrEnd(): Promise<string> {
    const refreshedIn = epoch;
    try {
      return await refresh();
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.status === 401 && refreshedIn === epoch) endSession(fault);
      throw fault;
    }
  }

  /** Call it in the click itself: the window opens before anything is awaited. */
  function signIn(): void {
    // Lost from sight, and begun anew: the same attempt in a new window.
    if (state.name === 'window-lost') return showSignInWindow();
    if (state.name !== 'signed-out' && state.name !== 'ended') return;
    // In a frame the window's answer would go to another storage partition, and a click may be stolen.
    if (window.top !== window) return failSignIn({ code: 'framed' });
    const place = signInPlace();
    tell({ type: 'started', place });
    attempt = beginAuthorizationAttempt({
      start: start.take(),
      place,
      onProgress(progress) {
        if (progress === 'blocked' || progress === 'window-lost') tell({ type: progress });
        if (progress !== 'blocked') dispatch({ type: progress });
      },
    });
    attempts.add(attempt);
    void finish(attempt);
  }

  async function finish(begun: AuthorizationAttempt): Promise<void> {
    try {
      const response = await begun.response;
      if (attempt !== begun) return;
      attempt = undefined;
      tell({ type: 'answered' });
      if (response === 'finished') return void restore();
      if (await exchange(response)) tell({ type: 'completed', tookMs: Date.now() - begun.beganAtMs });
    } catch (error) {
      if (attempt && attempt !== begun) return;
      attempt = undefined;
      failSignIn(Fault.from(error).notice);
    }
  }

  function failSignIn(notice: Notice): void {
    if (dispatch({ type: 'failed', notice })) tellFailure(notice);
  }

  /** False if it was overtaken by another sign-in or a sign-out. */
  async function exchange(response: AuthorizationResponse): Promise<boolean> {
    epoch += 1;
    const exchangedIn = epoch;
    dispatch({ type: 'answered' });
    await signOutTold;
    // With `error`, too: the API ends the transaction and says which kind of error it is.
    const tokenResponse = await withSessionLock(() =>
      api.post(PATHS.exchangeToken, { body: response, parse: parseTokenResponse }),
    );
    if (exchangedIn !== epoch) return false;
    enter(tokenResponse);
    otherTabs.tell({ type: 'signed-in' });
    return true;
  }

  function showSignInWindow(): void {
    if (!attempt) return;
    tell({ type: 'window-opened-again' });
    attempt.showWindow();
  }

  function continueSignInHere(): void {
    if (!attempt || !isWindowOpen()) return;
    tell({ type: 'continued-here' });
    attempt.continueHere();
  }

  function cancelSignIn(): void {
    if (!attempt) return;
    if (state.name === 'continuing-here') window.stop();
    tell({ type: 'cancelled' });
    const cancelledState = attempt.cancel();
    attempt = undefined;
    if (cancelledState !== undefined) void endTransaction(cancelledState);
    // Signed out, unless another tab has signed in meanwhile.
    void restore();
  }

  /** Whoever comes back from a cancelled attempt can't finish it anywhere else either. */
  async function endTransaction(cancelledState: string): Promise<void> {
    const body = { state: cancelledState, error: 'access_denied' };
    try {
      await api.post(PATHS.exchangeToken, { body, parse: () => undefined, keepalive: true });
    } catch {
      // Its answer is `authorization_denied`. If it was not heard, the transaction ends in ten minutes.
    }
  }

  async function signOut(): Promise<void> {
    writeSessionMark('sign-out-pending');
    forgetUser({ type: 'signed-out' });
    otherTabs.tell({ type: 'signed-out' });
    signOutTold = tellSignOut();
    await signOutTold;
  }

  /** Tells the API that the person signed out. If it can't be told now, the next load tells it. */
  async function tellSignOut(): Promise<void> {
    try {
      await withSessionLock(() => api.post(PATHS.logout, { parse: () => undefined, keepalive: true }));
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
    getSnapshot: (): SessionState => state,
    /** What happens to each sign-in, for statistics and support. Returns the undo. */
    onSignInEvent(listener: (event: SignInEvent) => void): () => void {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },

    restore,
    /** When the pointer or the focus reaches the button: the click then goes straight to the provider. */
    prepareSignIn(): void {
      if (state.name === 'signed-out' || state.name === 'ended') start.prepare();
    },
    signIn,
    /** Opens a window for the same attempt again: the first one is out of our hands. Call it in the click itself. */
    showSignInWindow,
    continueSignInHere,
    cancelSignIn,
    signOut,

    /** A GET of the API's with the access token: refreshed once and tried once more if the token has ended. */
    async fetchWithAccessToken<T>(
      path: string,
      options: { parse: (body: unknown) => T; signal?: AbortSignal },
    ): Promise<T> {
      const askedIn = epoch;
      if (state.name !== 'signed-in') throw new Fault('no_session', { status: 401 });
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
      closing.abort();
      forgetUser({ type: 'signed-out' });
      for (const begun of attempts) begun.close();
      listeners.clear();
      otherTabs.close();
    },
  };
}
