import { createApiClient } from './auth/api-client.ts';
import { printTimeline } from './auth/debug-timeline.ts';
import { takeServerSideOutcome } from './auth/server-side-outcome.ts';
import { createSession } from './auth/session.ts';
import { sessionStatus } from './auth/session-state.ts';
import { apiOrigin } from './config.ts';

takeServerSideOutcome();
const session = createSession({ api: createApiClient({ origin: apiOrigin }) });

if (new URLSearchParams(location.search).has('debug')) printTimeline(session);

// For the stylesheet of an embedding team, and for tests from outside.
session.subscribe(() => {
  document.documentElement.dataset.session = sessionStatus(session.getSnapshot());
});

// The request for the session leaves before React has loaded.
void session.restore();

void import('./render-app.tsx').then(({ renderApp }) => renderApp(session, document.querySelector('#root')!));
