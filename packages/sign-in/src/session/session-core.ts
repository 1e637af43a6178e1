import { PATHS } from '@oneclick/shared/paths';
import type { TokenResponse } from '@oneclick/shared/messages';
import { Fault, type Notice } from '../api/fault.ts';
import { createAccessToken } from '../token/access-token.ts';
import { parseTokenResponse } from '../api/api-answers.ts';
import type { ApiClient } from '../api/api-client.ts';
import { listenToOtherTabs } from './other-tabs.ts';
import { createRefresh } from '../token/refresh-access-token.ts';
import { retryDelayMs } from './retry-delay.ts';
import { takeOutcome } from '../sign-in/sign-in-outcome.ts';
import { withSessionLock } from './session-lock.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';
import { mayFollow, type SessionState, sessionStatus } from './session-state.ts';
import type { SignInEvent } from '../sign-in/old-event.ts';

export type SessionCore = ReturnType<typeof createSessionCore>;

/**
 * Being signed in, in this tab: what happens around the state machine (session-state.ts), with one snapshot for the
 * screens and the access token in a closure. It is all that runs before React has loaded: what a click needs
 * (sign-in.ts) and what a screen asks for (fetch-with-access-token.ts) come with the screens.
 */
export function createSessionCore({ api }: { api: ApiClient }) {
  let state: SessionState = { name: 'restoring' };
  const listeners = new Set<() => void>();
  const eventListeners = new Set<(event: SignInEvent) => void>();
  const events: SignInEvent[] = [];
  const forgetListeners = new Set<() => void>();
  /** Goes up with every sign-in and sign-out. What began in an earlier one changes nothing any more. */
  let epoch = 0;
  let restoreTimer: ReturnType<typeof setTimeout> | undefined;
  let failedTries = 0;
  /** While this tab was signing in: it is not heard until that has ended. */
  let hasAnotherTabSignedIn = false;
  /** A sign-in waits for it: an answer to the sign-out that came later would clear the new cookies. */
  let signOutTold: Promise<void> = Promise.resolve();

  const accessToken = createAccessToken({ onRefreshDue: () => void refreshInTime() });
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
        // Who is signing in here finishes first: the other tab then has the news, or this one looks for its session.
        if (sessionStatus(state) !== 'signing-in') void restore();
        else hasAnotherTabSignedIn = true;
        return;
      case 'refreshed':
        if (news.response.session_id === sessionId) enter(news.response);
        return;
      case 'signed-out':
        // The API drops the attempts of every tab, and the tab that tells it holds the lock until it has.
        signOutTold = withSessionLock(() => Promise.resolve());
        if (state.name !== 'exchanging') forgetUser({ name: 'signed-out' });
        return;
      case 'ended':
        if (news.sessionId === sessionId) forgetUser({ name: 'ended', notice: news.notice });
    }
  });

  const closing = new AbortController();
  const { signal } = closing;
  const onVisible = () => {
    if (document.visibilityState === 'visible') accessToken.check();
  };
  document.addEventListener('visibilitychange', onVisible, { signal });
  window.addEventListener('offline', () => showTrouble({ code: 'offline' }), { signal });
  window.addEventListener('online', recover, { signal });
  // Back from another page (bfcache): what is kept of this page shows nobody.
  window.addEventListener(
    'pagehide',
    ({ persisted }) => {
      if (persisted && state.name === 'signed-in') forgetUser({ name: 'restoring' });
    },
    { signal },
  );
  window.addEventListener(
    'pageshow',
    ({ persisted }) => {
      // With the window still open an answer may come yet. Who comes back from the provider itself has turned round.
      const mayAnswerCome = mayFollow('exchanging', state.name) && state.name !== 'continuing-here';
      if (persisted && !mayAnswerCome) void restore();
    },
    { signal },
  );

  /** False if it may not follow the present state. */
  function show(next: SessionState): boolean {
    if (!mayFollow(next.name, state.name)) return false;
    state = next;
    for (const listener of listeners) listener();
    return true;
  }

  /** What is wrong for the time being, over what was there before; or that it is over. */
  function showTrouble(trouble?: Notice): void {
    if (state.name !== 'restoring' && state.name !== 'signed-in') return;
    const { trouble: _, ...untroubled } = state;
    show({ ...untroubled, ...(trouble && { trouble }) });
  }

  /** In a task of its own: an error in a subscriber is the subscriber's. */
  function tell(event: SignInEvent): void {
    events.push(event);
    for (const listener of eventListeners) queueMicrotask(() => listener(event));
  }

  function tellFailure({ code, ...quote }: Notice): void {
    tell(code === 'authorization_denied' ? { type: 'denied', ...quote } : { type: 'failed', code, ...quote });
  }

  /** Signed in with this token, for the first time or again. */
  function enter(response: TokenResponse): void {
    failedTries = 0;
    accessToken.hold(response);
    writeSessionMark('signed-in');
    show({ name: 'signed-in', sessionId: response.session_id, scope: response.scope });
  }

  function forgetUser(next: SessionState): void {
    epoch += 1;
    hasAnotherTabSignedIn = false;
    clearTimeout(restoreTimer);
    accessToken.forget();
    for (const listener of forgetListeners) listener();
    show(next);
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
        ? { name: 'signed-out' }
        : { name: 'ended', notice: fault.notice },
    );
  }

  /** Looks for the session of an earlier page. A visitor who never signed in costs no call. */
  async function restore(): Promise<void> {
    const mark = readSessionMark();
    const outcome = takeOutcome();
    if (mark === 'sign-out-pending') signOutTold = tellSignOut();
    // Trouble stays on the screen while it is tried again.
    forgetUser(state.name === 'restoring' ? state : { name: 'restoring' });
    const notice = outcome && 'code' in outcome ? outcome : undefined;
    if (notice) tellFailure(notice);
    if (mark !== 'signed-in') {
      return void show({ name: 'signed-out', ...(notice && { notice }) });
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
      showTrouble(fault.notice);
      restoreTimer = setTimeout(() => void restore(), retryDelayMs(failedTries++, fault));
    }
  }

  /** The network is back: what waited for its turn is tried at once. */
  function recover(): void {
    if (state.name === 'restoring') return void restore();
    showTrouble();
    if (failedTries > 0) accessToken.postponeRefresh(0);
    else accessToken.check();
  }

  /** Five minutes before the token ends. Who fails for a reason that passes keeps the token until its end. */
  async function refreshInTime(): Promise<void> {
    const refreshedIn = epoch;
    try {
      await refreshOrEnd();
    } catch (error) {
      const fault = Fault.from(error);
      if (refreshedIn !== epoch) return;
      if (accessToken.read() === undefined) showTrouble(fault.notice);
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

  /**
   * Signs in with the token that this request brings, and tells the other tabs.
   * @returns false if another sign-in or a sign-out was faster
   */
  async function enterAnew(request: () => Promise<TokenResponse>): Promise<boolean> {
    epoch += 1;
    const enteredIn = epoch;
    const response = await withSessionLock(request);
    if (enteredIn !== epoch) return false;
    enter(response);
    otherTabs.tell({ type: 'signed-in' });
    return true;
  }

  /** For a sign-in that has come to nothing: signed out, unless another tab has signed in meanwhile. */
  function failSignIn(notice: Notice): void {
    if (state.name === 'restoring' || state.name === 'signed-in') return;
    tellFailure(notice);
    if (hasAnotherTabSignedIn) void restore();
    else show({ name: 'signed-out', notice });
  }

  async function signOut(): Promise<void> {
    writeSessionMark('sign-out-pending');
    forgetUser({ name: 'signed-out' });
    // Asks for the lock before the others hear of it: their next sign-in waits for that lock.
    signOutTold = tellSignOut();
    otherTabs.tell({ type: 'signed-out' });
    await signOutTold;
  }

  /** Tells the API that the person signed out. If it can't be told now, the next load tells it. */
  async function tellSignOut(): Promise<void> {
    try {
      await withSessionLock(async () => {
        signal.throwIfAborted();
        await api.post(PATHS.logout, { parse: () => undefined, keepalive: true });
      });
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
    /** What happens to each sign-in, for statistics and support; first what has happened already. Returns the undo. */
    onSignInEvent(listener: (event: SignInEvent) => void): () => void {
      for (const event of events) listener(event);
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },

    restore,
    signOut,

    /** What the rest of the session needs of it, and no screen. */
    inside: {
      show,
      tell,
      failSignIn,
      enterAnew,
      endSession,
      epoch: () => epoch,
      signOutTold: () => signOutTold,
      token: { read: accessToken.read, refresh: refreshOrEnd },
      /** Calls back when the user of this tab is forgotten: an attempt that is under way has ended. */
      onForget: (listener: () => void) => void forgetListeners.add(listener),
    },

    /** Undoes what was set up. */
    close(): void {
      closing.abort();
      forgetUser({ name: 'signed-out' });
      listeners.clear();
      otherTabs.close();
    },
  };
}
