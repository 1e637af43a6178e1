import type { TokenResponse } from '@oneclick/shared/messages';

/** How long before its end a token is refreshed. A token that lives shorter is refreshed at half its life. */
const REFRESH_BEFORE_END_SECONDS = 300;

/**
 * The access token, in a closure and nowhere else: not in storage, not in React's state, not on `window`.
 * Its end is counted from `expires_in` on the monotonic clock, so that a wrong clock does no harm.
 * @see RFC 10017 §8
 */
export function createAccessToken({ onRefreshDue }: { onRefreshDue: () => void }) {
  let held: { value: string; endsAtMs: number } | undefined;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;

  function forget(): void {
    held = undefined;
    clearTimeout(refreshTimer);
  }

  return {
    hold({ access_token, expires_in }: TokenResponse): void {
      forget();
      held = { value: access_token, endsAtMs: performance.now() + expires_in * 1000 };
      const dueInSeconds = expires_in - Math.min(REFRESH_BEFORE_END_SECONDS, expires_in / 2);
      refreshTimer = setTimeout(onRefreshDue, dueInSeconds * 1000);
    },
    /** Undefined if there is none or its time is over. */
    read: (): string | undefined => (held && performance.now() < held.endsAtMs ? held.value : undefined),
    /** Asks for the refresh again later, when one has failed for a reason that passes. */
    postponeRefresh(delayMs: number): void {
      clearTimeout(refreshTimer);
      refreshTimer = setTimeout(onRefreshDue, delayMs);
    },
    forget,
  };
}
