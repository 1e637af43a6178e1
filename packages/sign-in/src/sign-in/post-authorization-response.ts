import type { TokenResponse } from '@oneclick/shared/messages';
import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import { parseTokenResponse } from '../api/api-answers.ts';
import type { ApiClient } from '../api/api-client.ts';
import { WITH_USERINFO } from '../api/cookie-request.ts';
import type { AuthorizationResponse } from '../hand-over/authorization-response.ts';
import type { withSessionLock } from '../session/session-lock.ts';
import { repeatExchange } from './repeat-exchange.ts';

/**
 * Posts the authorization response to the API, which makes the authorization code grant (RFC 6749 §4.1.3). A response
 * with `error` is posted too: the API ends the transaction and says which kind of error it is.
 * @param options.isWanted whether the request may still be repeated
 * @param options.withLock takes the session lock for each try
 */
export function postAuthorizationResponse(
  api: ApiClient,
  response: AuthorizationResponse,
  { isWanted, withLock }: { isWanted: () => boolean; withLock: typeof withSessionLock },
): Promise<TokenResponse> {
  const path = WEB_APP_CALLS.exchangeToken + WITH_USERINFO;
  const exchange = () => api.post(path, { body: response, parse: parseTokenResponse });
  // Each try takes the lock: other tabs need not wait for all of them.
  return repeatExchange(() => withLock(exchange), { isWanted });
}

/** Ends a cancelled transaction at the API, so that no page can finish it any more. */
export async function endTransaction(api: ApiClient, state: string): Promise<void> {
  const body = { state, error: 'access_denied' };
  try {
    await api.post(WEB_APP_CALLS.exchangeToken, { body, parse: () => undefined, keepalive: true });
  } catch {
    // The answer is `authorization_denied`. If the request failed, the transaction expires after ten minutes.
  }
}
