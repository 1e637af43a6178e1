import { createApiClient } from '@oneclick/sign-in/src/api/api-client.ts';
import { takeServerSideOutcome } from '@oneclick/sign-in/src/session/server-side-outcome.ts';
import { createSessionCore } from '@oneclick/sign-in/src/session/session-core.ts';
import { apiOrigin } from '@oneclick/sign-in/src/api/api-origin.ts';
import { showSessionStatus } from './show-session-status.ts';

/* The first script of the page. The screens are the second one: see screens.tsx. */

takeServerSideOutcome();
export const api = createApiClient({ origin: apiOrigin });
export const core = createSessionCore({ api });

showSessionStatus(core);

// The request for the session leaves before React has loaded.
void core.restore();
