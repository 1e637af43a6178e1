import { Fault } from '../api/fault.ts';

/**
 * Makes a request with the access token. If the token has ended, or the answer is 401, refreshes once and
 * tries once more; a second 401 is the caller's. 403, 429 and 5xx are no reason to refresh.
 */
export async function retryOnceOn401<T>(
  request: (accessToken: string) => Promise<T>,
  token: {
    read: () => string | undefined;
    /** One refresh for all who wait. Resolves to the new token. */
    refresh: () => Promise<string>;
  },
): Promise<T> {
  const first = token.read();
  if (first === undefined) return request(await token.refresh());
  try {
    return await request(first);
  } catch (error) {
    if (!(error instanceof Fault && error.status === 401)) throw error;
    const current = token.read();
    // Another request may have refreshed while this one was on its way.
    return request(current !== undefined && current !== first ? current : await token.refresh());
  }
}
