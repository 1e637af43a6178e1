import type { Fault } from '../api/fault.ts';

const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;

/**
 * Milliseconds until the next try: twice as long each time, at most a minute, never earlier than `Retry-After`
 * asks, and spread by chance so that a thousand tabs don't come back in the same second.
 */
export function retryDelayMs(failedTries: number, fault: Fault): number {
  const backOffMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failedTries, 10));
  return Math.max(backOffMs * (0.75 + Math.random() / 2), fault.retryAfterMs ?? 0);
}
