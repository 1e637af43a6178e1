import { createApiClient } from './auth/api-client.ts';
import { takeServerSideOutcome } from './auth/server-side-outcome.ts';
import { createSession } from './auth/session.ts';
import { apiOrigin } from './config.ts';

takeServerSideOutcome();
const session = createSession({ api: createApiClient({ origin: apiOrigin }) });

// For the stylesheet of an embedding team, and for tests from outside.
const showStatus = () => {
  document.documentElement.dataset.session = session.getSnapshot().status;
};
session.subscribe(showStatus);

// The request for the session leaves before React has loaded.
void session.restore();

// Back from another page (bfcache): who signed out meanwhile in another tab is not shown again.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void session.restore();
});

void import('./render-app.tsx').then(({ renderApp }) => renderApp(session, document.querySelector('#root')!));
