import { CSRF_HEADER, INCLUDE_USERINFO } from '@oneclick/shared/paths';

/** Longer than the API's own time-out towards the provider, so that the API's error arrives first. */
export const TIMEOUT_MS = 15_000;

/** The options of every request to a route that reads a cookie. */
export const COOKIE_REQUEST = {
  method: 'POST',
  credentials: 'include',
  cache: 'no-store',
  headers: { [CSRF_HEADER.name]: CSRF_HEADER.value },
} as const satisfies RequestInit;

/** Appended to the path of `exchange-token` or `session`, asks for the account, too. An older API ignores it. */
export const WITH_USERINFO = `?include=${INCLUDE_USERINFO.include}`;
