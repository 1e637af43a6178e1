import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import { createInitialUserinfo } from './account/initial-userinfo.ts';
import { topUp } from './account/top-up.ts';
import { parseUserinfo } from './api/api-answers.ts';
import { createApiClient } from './api/api-client.ts';
import { toTokenOrigins } from './api/token-origins.ts';
import { reportWrongSetUp } from './diagnostics/report-wrong-set-up.ts';
import { createFetchOnDemand } from './identity/fetch-on-demand.ts';
import { takeEarlySession } from './session/early-session-request.ts';
import { openOtherTabs } from './session/other-tabs.ts';
import { watchPageLifecycle } from './session/page-lifecycle.ts';
import { takeServerSideOutcome } from './session/server-side-outcome.ts';
import { createSessionKeeper } from './session/session-keeper.ts';
import { mayFollow, stepOf } from './session/session-machine.ts';
import { createSessionStore, type SessionStore } from './session/session-store.ts';
import { createSignOut } from './session/sign-out.ts';
import type { SignInClient, SignInClientOptions } from './sign-in-client.ts';
import { SignInError } from './sign-in-error.ts';
import { createEventLog, type EventLog } from './sign-in/event-log.ts';
import { createSignInFlow } from './sign-in/sign-in-flow.ts';
import { createFetchWithAccessToken } from './token/fetch-with-access-token.ts';

/**
 * Creates the sign-in of this tab: once, when the app starts. In a browser it restores the session by itself and takes
 * the outcome of a sign-in that another page has finished. On a server (SSR) its session stays `loading`, and its
 * methods do nothing. A build by Vite for browsers has no code for a server: render with a build for servers (`ssr`).
 *
 * @example
 * export const client = createSignInClient();
 * client.subscribe(() => console.info(client.getSession().status));
 */
export function createSignInClient(options: SignInClientOptions = {}): SignInClient {
  // In a build for browsers, Vite replaces the first condition, and the client for servers is left out.
  return (import.meta.env?.SSR ?? true) && typeof document === 'undefined'
    ? createServerClient()
    : createBrowserClient({ ...options, isFramed: () => window.top !== window });
}

/** @param options.isFramed whether another page shows this one in a frame; the browser tests run in a frame */
export function createBrowserClient({
  apiOrigin,
  tokenOrigins,
  ownOrigins = [],
  isFramed,
}: SignInClientOptions & { isFramed: () => boolean }): SignInClient {
  if (import.meta.env?.MODE === 'development') reportWrongSetUp();
  const claimedError = takeServerSideOutcome();

  const closing = new AbortController();
  const store = createSessionStore();
  const api = createApiClient({ apiOrigin, tokenOrigins, onAnswer: () => endOfflineWarning(store) });
  const initialUserinfo = createInitialUserinfo(store);
  const events = createEventLog();
  recordSignOuts({ store, events });

  const otherTabs = openOtherTabs((message) => {
    const session = store.getSession();
    switch (message.type) {
      case 'signed-in':
        return signInFlow.onSignedInElsewhere();
      case 'signed-out':
        signOut.waitForOtherTab();
        // The API ends the transactions of all tabs. An exchange in flight decides by itself.
        if (stepOf(session) !== 'exchanging-code') {
          store.startGeneration({ status: 'signed-out', step: 'idle' });
        }
        return;
      case 'session-ended':
        if (session.isSignedIn && session.sessionId === message.sessionId) {
          store.startGeneration({ status: 'signed-out', step: 'ended', error: message.error });
        }
    }
  });

  const signOut = createSignOut({ api, store, otherTabs, closing: closing.signal });
  const keeper = createSessionKeeper({
    api,
    store,
    events,
    otherTabs,
    signOut,
    initialUserinfo,
    takeEarlySession() {
      const early = takeEarlySession();
      // The early script asked the API that the page names, which is not the API of this client.
      return apiOrigin === undefined ? early : undefined;
    },
  });
  const signInFlow = createSignInFlow({
    api,
    store,
    events,
    isFramed,
    signOutReported: signOut.reported,
    onSignedIn(response) {
      keeper.setSignedIn(response);
      otherTabs.post({ type: 'signed-in' });
    },
    restore: keeper.restore,
    closing: closing.signal,
  });
  const token = { read: keeper.readToken, refresh: keeper.refreshOrEnd };
  const fetchWithAccessToken = createFetchWithAccessToken({
    api,
    store,
    token,
    endSession: keeper.endSession,
  });

  watchPageLifecycle(
    {
      onVisible: keeper.refreshIfDue,
      onOffline: () => store.setWarning({ code: 'offline' }),
      onOnline: keeper.tryAgain,
      // The browser keeps this page for Back. It must not show the account to the user who comes back.
      onFrozen() {
        if (store.getSession().isSignedIn) store.startGeneration({ status: 'loading' });
      },
      onThawed() {
        // With a window open, a response may still come. A user who comes back from the provider itself gave up.
        const step = stepOf(store.getSession());
        if (step === 'redirecting' || !mayFollow('exchanging-code', step)) void keeper.restore();
      },
    },
    closing.signal,
  );
  void keeper.restore({ claimedError });

  return {
    getSession: store.getSession,
    subscribe: store.subscribe,
    prepareSignIn: signInFlow.prepareSignIn,
    signIn: signInFlow.signIn,
    signOut: signOut.signOut,
    tryAgain: keeper.tryAgain,
    async fetchUserinfo(options) {
      const userinfo = await fetchWithAccessToken(WEB_APP_CALLS.userinfo, {
        ...options,
        parse: parseUserinfo,
      });
      initialUserinfo.forget();
      return userinfo;
    },
    getInitialUserinfo: initialUserinfo.read,
    fetchWithAccessToken,
    fetch: createFetchOnDemand({ api, store, token, ownOrigins: toTokenOrigins(ownOrigins) }),
    topUp: () => topUp(fetchWithAccessToken),
    onEvent: events.onEvent,
    close() {
      closing.abort();
      otherTabs.close();
      store.close();
    },
  };
}

const doNothing = () => undefined;
const reject = () => Promise.reject(new SignInError('no_session', { status: 401 }));

function createServerClient(): SignInClient {
  const { getSession, subscribe } = createSessionStore();
  return {
    getSession,
    subscribe,
    prepareSignIn: doNothing,
    signIn: doNothing,
    signOut: () => Promise.resolve(),
    tryAgain: doNothing,
    fetchUserinfo: reject,
    getInitialUserinfo: doNothing,
    fetchWithAccessToken: reject,
    fetch: reject,
    topUp: reject,
    onEvent: () => doNothing,
    close: doNothing,
  };
}

/**
 * Records `signed-out` whenever a signed-in user is signed out. A page that comes back from the bfcache records it only
 * when the API has answered.
 */
function recordSignOuts({ store, events }: { store: SessionStore; events: EventLog }): void {
  let wasSignedIn = false;
  store.subscribe(() => {
    const session = store.getSession();
    if (wasSignedIn && session.status === 'signed-out') {
      events.record({ type: 'signed-out', ...session.error });
    }
    if (session.status !== 'loading') wasSignedIn = session.isSignedIn;
  });
}

/** An answer proves that there is a network. A VPN or a virtual adapter that goes away causes `offline` events, too. */
function endOfflineWarning({ getSession, setWarning }: SessionStore): void {
  const session = getSession();
  if ('warning' in session && session.warning?.code === 'offline') setWarning();
}
