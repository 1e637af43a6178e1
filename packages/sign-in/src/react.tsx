import { createContext, type ReactElement, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { Session, SignInClient } from './index.ts';
import { toSession } from './session/session.ts';

/* The only file that imports React: 18 or 19. */

const SignInContext = createContext<SignInClient | undefined>(undefined);

/** The session on a server and during hydration, before the API has been asked. */
const LOADING_SESSION = toSession({ status: 'loading' });

/**
 * Makes a client available to the hooks of all components below. Create the client outside of React, once for the
 * page.
 *
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
  children,
}: {
  client: SignInClient;
  children?: ReactNode;
}): ReactElement {
  return <SignInContext.Provider value={client}>{children}</SignInContext.Provider>;
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
 * session is `loading`.
 *
 * @example
 * const session = useSession();
 * if (session.status === 'loading') return <Skeleton />;
 * return session.isSignedIn ? <Account /> : <SignInButton />;
 */
export function useSession(): Session {
  const { subscribe, getSession } = useSignInClient();
  return useSyncExternalStore(subscribe, getSession, getServerSession);
}

function getServerSession(): Session {
  return LOADING_SESSION;
}
