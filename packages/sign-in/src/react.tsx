import { createContext, type ReactElement, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { Session, SignInClient } from './index.ts';
import { toSession } from './session/session.ts';

/* The only file that imports React: 18 or 19. */

const SignInContext = createContext<SignInClient | undefined>(undefined);

/** The sessions with which HTML can be rendered before the API has been asked. */
const PRERENDERED_SESSIONS = {
  loading: toSession({ status: 'loading' }),
  'signed-out': toSession({ status: 'signed-out', step: 'idle' }),
};

const PrerenderedContext = createContext<keyof typeof PRERENDERED_SESSIONS>('loading');

/**
 * Makes a client available to the hooks of all components below. Create the client outside of React, once for the
 * page.
 *
 * @param props.prerendered the status of the session in HTML that a server or a build renders. `signed-out`: the HTML
 *   contains the sign-in button, for a page on which {@link mayHaveSession} returns false. Hydration must use the
 *   same value. Default: `loading`
 * @example
 * const client = createSignInClient();
 *
 * createRoot(root).render(
 *   <SignInProvider client={client}>
 *     <App />
 *   </SignInProvider>,
 * );
 */
export function SignInProvider({
  client,
  prerendered = 'loading',
  children,
}: {
  client: SignInClient;
  prerendered?: 'loading' | 'signed-out';
  children?: ReactNode;
}): ReactElement {
  return (
    <SignInContext.Provider value={client}>
      <PrerenderedContext.Provider value={prerendered}>{children}</PrerenderedContext.Provider>
    </SignInContext.Provider>
  );
}

/**
 * The client of the {@link SignInProvider} above: for event handlers. It never changes and causes no render.
 *
 * @example
 * const client = useSignInClient();
 * return <button onClick={() => client.signIn()}>Sign in</button>;
 */
export function useSignInClient(): SignInClient {
  const client = useContext(SignInContext);
  if (!client) throw new Error('This component needs a <SignInProvider> above it.');
  return client;
}

/**
 * The session as it is now. The component renders again when it changes. On a server (SSR) and during hydration the
 * session is `loading`, or what `prerendered` of the {@link SignInProvider} says.
 *
 * @example
 * const session = useSession();
 * if (session.status === 'loading') return <Skeleton />;
 * return session.isSignedIn ? <Account /> : <SignInButton />;
 */
export function useSession(): Session {
  const { subscribe, getSession } = useSignInClient();
  const prerendered = useContext(PrerenderedContext);
  return useSyncExternalStore(subscribe, getSession, () => PRERENDERED_SESSIONS[prerendered]);
}
