import { SignInError } from '../sign-in-error.ts';
import type { Refresh } from './refresh-once-for-all-tabs.ts';

/**
 * Makes a request with the access token. If the token has expired, refreshes it first. After a 401, refreshes once
 * and tries once more; a second 401 is thrown. 403, 429 and 5xx cause no refresh.
 */
export async function retryOnceOn401<T>(
  request: (accessToken: string) => Promise<T>,
  token: { read: () => string | undefined; refresh: Refresh },
): Promise<T> {
  const first = token.read();
  if (first === undefined) return request(await token.refresh());
  try {
    return await request(first);
  } catch (error) {
    if (!(error instanceof SignInError && error.status === 401)) throw error;
    const current = token.read();
    // Another request may have refreshed the token while this one was in flight.
    return request(current !== undefined && current !== first ? current : await token.refresh(first));
  }
}
