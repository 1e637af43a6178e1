import { createApiClient } from './auth/api-client.ts';
import { takeServerSideOutcome } from './auth/server-side-outcome.ts';
import { createSessionCore } from './auth/session-core.ts';
import { apiOrigin } from './config.ts';
import { showSessionStatus } from './show-session-status.ts';

/* The first script of the page. The screens are the second one: see screens.tsx. */

takeServerSideOutcome();
export const api = createApiClient({ origin: apiOrigin });
export const core = createSessionCore({ api });

showSessionStatus(core);

// The request for the session leaves before React has loaded.
void core.restore();
