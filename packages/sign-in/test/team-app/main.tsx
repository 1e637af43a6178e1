import { createSignInClient } from '@oneclick/sign-in';
import { SignInProvider, useSession, useSignInClient } from '@oneclick/sign-in/react';
import { useUser } from '@oneclick/sign-in/react-query';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

/** Shows a page to signed-in users, and the sign-in button to everyone else. */
function Protected({ page }: { page: ReactElement }) {
  const client = useSignInClient();
  const session = useSession();
  switch (session.status) {
    case 'loading':
      return <p>Loading…</p>;
    case 'signed-out':
      return (
        <>
          {session.error && <p role="alert">The sign-in failed: {session.error.code}</p>}
          <button onPointerEnter={client.prepareSignIn} onClick={() => client.signIn()}>
            Sign in with AIHubMix
          </button>
        </>
      );
    case 'signing-in':
      return <button onClick={session.transaction?.cancel}>Cancel</button>;
    case 'signed-in':
      return page;
  }
}

function Account() {
  const { signOut } = useSignInClient();
  const { user } = useUser();
  return (
    <>
      <p>Your balance: {user?.balance_formatted ?? '…'}</p>
      <button onClick={() => void signOut()}>Sign out</button>
    </>
  );
}

function App() {
  if (location.pathname === '/account') return <Protected page={<Account />} />;
  return <a href="/account">Your account</a>;
}

createRoot(document.querySelector('#root')!).render(
  <QueryClientProvider client={new QueryClient()}>
    <SignInProvider client={createSignInClient()}>
      <App />
    </SignInProvider>
  </QueryClientProvider>,
);
