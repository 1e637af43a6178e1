import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import type { ApiClient } from '../api/api-client.ts';
import type { OtherTabs } from './other-tabs.ts';
import { withSessionLock } from './session-lock.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';
import type { SessionStore } from './session-store.ts';

export interface SignOut {
  signOut(this: void): Promise<void>;
  /** Reports a sign-out to the API. If that fails, the mark stays, and the next page load reports it. */
  report(): void;
  /** Another tab is reporting a sign-out: it holds the session lock until the API has answered. */
  waitForOtherTab(): void;
  /**
   * Resolves when the last sign-out has been reported. A sign-in waits for it: the API ends all transactions of a
   * browser that signs out, and its answer, if it came later, would clear the new cookies.
   */
  reported(): Promise<void>;
}

export function createSignOut({
  api,
  store,
  otherTabs,
  closing,
}: {
  api: ApiClient;
  store: SessionStore;
  otherTabs: OtherTabs;
  closing: AbortSignal;
}): SignOut {
  let reported: Promise<void> = Promise.resolve();

  async function postLogout(): Promise<void> {
    try {
      await withSessionLock(async () => {
        closing.throwIfAborted();
        await api.post(WEB_APP_CALLS.logout, { parse: () => undefined, keepalive: true });
      });
      if (readSessionMark() === 'sign-out-pending') writeSessionMark('none');
    } catch {
      // The mark stays `sign-out-pending`.
    }
  }

  return {
    async signOut() {
      writeSessionMark('sign-out-pending');
      store.startGeneration({ status: 'signed-out', step: 'idle' });
      // Request the lock first and notify the other tabs second: their next sign-in waits for that lock.
      reported = postLogout();
      otherTabs.post({ type: 'signed-out' });
      await reported;
    },
    report() {
      reported = postLogout();
    },
    waitForOtherTab() {
      reported = withSessionLock(() => Promise.resolve());
    },
    reported: () => reported,
  };
}
