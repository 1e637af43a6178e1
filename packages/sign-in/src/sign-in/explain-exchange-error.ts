import type { ApiClient } from '../api/api-client.ts';
import { SignInError } from '../sign-in-error.ts';

/**
 * The error of an exchange for a transaction that this browser has started. If the API finds no cookie of it and is on
 * another host, the likely cause is that the browser treats the API's cookies as third-party cookies: Safari does by
 * default, Firefox in its strict mode. The user can't allow them, so the advice has to be another one.
 */
export function explainExchangeError(api: Pick<ApiClient, 'isOnOtherHost'>, error: unknown): SignInError {
  const failure = SignInError.from(error);
  if (failure.code !== 'transaction_not_found' || !api.isOnOtherHost()) return failure;
  // oxlint-disable-next-line typescript/no-misused-spread -- the fields are meant, the methods are not.
  return new SignInError('api_cookies_blocked', { ...failure, cause: failure });
}
