import { createSession } from '@oneclick/sign-in/src/session/tab-session.ts';
import { SessionProvider } from './use-session.tsx';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadAccount } from './account/late-account.tsx';
import { App } from './app.tsx';
import { api, core } from './main.ts';

/* The second script of the page: the screens, over the session that the first script restores. */

const session = createSession({ api, core });

function loadAccountEarly(): void {
  const { name } = session.getSnapshot();
  // If it fails, the screen that needs the account says so.
  if (name !== 'signed-out' && name !== 'ended') loadAccount().catch(() => undefined);
}
session.subscribe(loadAccountEarly);
loadAccountEarly();

if (new URLSearchParams(location.search).has('debug')) {
  void import('@oneclick/sign-in/src/diagnostics/debug-timeline.ts').then(({ printTimeline }) =>
    printTimeline(session),
  );
}

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <SessionProvider session={session}>
      <App />
    </SessionProvider>
  </StrictMode>,
);
