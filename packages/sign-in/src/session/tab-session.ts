import type { ApiClient } from '../api/api-client.ts';
import { createFetchWithAccessToken, type FetchWithAccessToken } from '../token/fetch-with-access-token.ts';
import { createSessionCore, type SessionCore } from './session-core.ts';
import { createSignIn, type SignIn } from '../sign-in/sign-in.ts';

/** The session of this tab, whole: what screens call, and no more. */
export type Session = Omit<SessionCore, 'inside'> &
  SignIn & {
    /** Refreshed once and tried once more if the token has ended. @throws Fault */
    fetchWithAccessToken: FetchWithAccessToken;
  };

export function createSession({
  api,
  core = createSessionCore({ api }),
  isFramed = () => window.top !== window,
}: {
  api: ApiClient;
  /** If it is running already. */
  core?: SessionCore;
  /** Whether another page shows this one inside itself. */
  isFramed?: () => boolean;
}): Session {
  const signIn = createSignIn({ api, core, isFramed });
  const { inside: _, ...rest } = core;
  return {
    ...rest,
    ...signIn,
    fetchWithAccessToken: createFetchWithAccessToken({ api, core }),
    close() {
      core.close();
      signIn.close();
    },
  };
}
