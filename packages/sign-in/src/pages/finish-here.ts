import { PATHS } from '@oneclick/shared/paths';
import { createApiClient } from '../api/api-client.ts';
import type { AuthorizationResponse } from '../hand-over/authorization-response.ts';
import { writeSessionMark } from '../session/session-mark.ts';
import { leaveOutcome } from '../sign-in/sign-in-outcome.ts';
import { apiOrigin } from '../api/api-origin.ts';
import { Fault } from '../api/fault.ts';

/**
 * Exchanges the response from the callback page itself, for want of a tab that does. Apart from the page, because
 * most windows hand over and close. What came of it waits for the app in this tab.
 */
export async function finishHere(response: AuthorizationResponse, tookMs?: number): Promise<void> {
  try {
    // What comes back is left alone: the app asks for a token of its own when it has loaded.
    await createApiClient({ origin: apiOrigin }).post(PATHS.exchangeToken, {
      body: response,
      parse: () => undefined,
    });
    writeSessionMark('signed-in');
    leaveOutcome({ isCompleted: true, ...(tookMs !== undefined && { tookMs }) });
  } catch (error) {
    leaveOutcome(Fault.from(error).notice);
  }
}
