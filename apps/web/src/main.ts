import { createApiClient } from './auth/api-client.ts';
import { takeServerSideOutcome } from './auth/server-side-outcome.ts';
import { createSessionCore } from './auth/session-core.ts';
import { sessionStatus } from './auth/session-state.ts';
import { apiOrigin } from './config.ts';

/* The first script of the page. The screens are the second one: see screens.tsx. */

takeServerSideOutcome();
export const api = createApiClient({ origin: apiOrigin });
export const core = createSessionCore({ api });

// For the stylesheet of an embedding team, and for tests from outside.
core.subscribe(() => {
  document.documentElement.dataset.session = sessionStatus(core.getSnapshot());
});

// The request for the session leaves before React has loaded.
void core.restore();
