import type { SignInError } from '../sign-in-error.ts';

const FIRST_MS = 2_000;
const MAX_MS = 60_000;

/**
 * Milliseconds until the next try. The delay doubles each time, up to a minute, and is never shorter than
 * `Retry-After`. It varies at random by a quarter, so that a thousand tabs do not return in the same second.
 */
export function retryDelayMs(failedTries: number, { retryAfterMs = 0 }: SignInError): number {
  const backOffMs = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failedTries, 10));
  return Math.max(backOffMs * (0.75 + Math.random() / 2), retryAfterMs);
}
