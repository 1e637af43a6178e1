import type { TokenResponse } from '@oneclick/shared/messages';
import type { SessionStore } from '../session/session-store.ts';
import type { InitialUserinfo } from '../sign-in-client.ts';

/** Keeps the account that came with a token, for the first render of the page. */
export interface InitialUserinfoStore {
  /** Takes the account out of a token response, if it has one. A refresh has none, and changes nothing here. */
  take(response: TokenResponse): void;
  /** Undefined if the account came with another session. */
  read(sessionId: string): InitialUserinfo | undefined;
  /** The page has read the account by itself: from now on this one is outdated. */
  forget(): void;
}

/** The account is kept until the generation ends, so that the next user of this tab never sees it. */
export function createInitialUserinfo(store: Pick<SessionStore, 'onGenerationEnd'>): InitialUserinfoStore {
  let initial: (InitialUserinfo & { sessionId: string }) | undefined;
  const forget = () => {
    initial = undefined;
  };
  store.onGenerationEnd(forget);
  return {
    take({ session_id: sessionId, userinfo }) {
      if (userinfo) initial = { sessionId, userinfo, readAtMs: Date.now() };
    },
    read(sessionId) {
      return initial?.sessionId === sessionId ? initial : undefined;
    },
    forget,
  };
}
