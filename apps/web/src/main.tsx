import { createSignInClient } from '@oneclick/sign-in';
import { SignInProvider } from '@oneclick/sign-in/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadAccount } from './account/late-account.tsx';
import { App } from './app.tsx';
import { showSessionStatus } from './show-session-status.ts';

const client = createSignInClient();
showSessionStatus(client);

// Load the account as soon as the user may be signed in. If loading fails, `LateAccount` shows the error.
function loadAccountEarly(): void {
  if (client.getSession().status !== 'signed-out') loadAccount().catch(() => undefined);
}
client.subscribe(loadAccountEarly);
loadAccountEarly();

if (new URLSearchParams(location.search).has('debug')) {
  void import('./debug-timeline.ts').then(({ printTimeline }) => printTimeline(client));
}

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <SignInProvider client={client}>
      <App />
    </SignInProvider>
  </StrictMode>,
);
