import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import { createApiClient } from '../api/api-client.ts';
import type { AuthorizationResponse } from '../hand-over/authorization-response.ts';
import { writeSessionMark } from '../session/session-mark.ts';
import { SignInError } from '../sign-in-error.ts';
import { explainExchangeError } from '../sign-in/explain-exchange-error.ts';
import { repeatExchange } from '../sign-in/repeat-exchange.ts';
import { leaveSignInOutcome } from '../sign-in/sign-in-outcome.ts';

/** Exchanges the code from the callback page, where no tab does. The app in this tab takes the outcome. */
export async function finishHere(response: AuthorizationResponse, tookMs?: number): Promise<void> {
  const api = createApiClient();
  try {
    // The access token is not read: the app asks for one of its own when it has loaded.
    await repeatExchange(() =>
      api.post(WEB_APP_CALLS.exchangeToken, { body: response, parse: () => undefined }),
    );
    writeSessionMark('signed-in');
    leaveSignInOutcome({ isCompleted: true, ...(tookMs !== undefined && { tookMs }) });
  } catch (error) {
    // Only a transaction of this tab is known to be of this browser.
    const failure = tookMs === undefined ? SignInError.from(error) : explainExchangeError(api, error);
    leaveSignInOutcome(failure.details);
  }
}
