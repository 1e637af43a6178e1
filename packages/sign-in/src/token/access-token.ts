import type { TokenResponse } from '@oneclick/shared/messages';
import { refreshMarginSeconds } from '@oneclick/shared/refresh-margin';
import { startStopwatch } from './stopwatch.ts';

/** A timer stands still while the machine sleeps, so it wakes in short steps and looks at the stopwatch. */
const MAX_TIMER_MS = 30_000;
/** A token that has expired on arrival must not cause one request after the other. */
const MIN_REFRESH_MS = 1_000;
/** Page and API count whole seconds on clocks of their own. If the page asks too early, the API returns the same token. */
const MAX_CLOCK_DIFFERENCE_SECONDS = 10;

/** The access token of this tab and the time at which it is due for a refresh. */
export interface AccessToken {
  store(response: TokenResponse): void;
  /** Undefined if there is no token or it has expired. */
  read(): string | undefined;
  /** Asks for the refresh again after this delay. For a refresh that failed for a passing reason. */
  postponeRefresh(delayMs: number): void;
  /** Asks for the refresh if it is due: after sleep, a frozen tab or a throttled timer. */
  refreshIfDue(): void;
  forget(): void;
}

/**
 * Has the access token in a closure and nowhere else: not in storage, not in the session, not on `window`. Its
 * lifetime is counted from `expires_in`, so that a wrong clock does no harm.
 * @see RFC 10017 §8
 */
export function createAccessToken({ onRefreshDue }: { onRefreshDue: () => void }): AccessToken {
  let token: { value: string; expiresAfterMs: number; elapsedMs: () => number } | undefined;
  let refreshAfterMs = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function refreshIfDue(): void {
    clearTimeout(timer);
    if (!token || refreshAfterMs === Infinity) return;
    const waitMs = refreshAfterMs - token.elapsedMs();
    if (waitMs > 0) {
      timer = setTimeout(refreshIfDue, Math.min(waitMs, MAX_TIMER_MS));
    } else {
      // Ask once. The outcome of the refresh sets the next time: `store` or `postponeRefresh`.
      refreshAfterMs = Infinity;
      onRefreshDue();
    }
  }

  return {
    store({ access_token, expires_in }) {
      token = { value: access_token, expiresAfterMs: expires_in * 1000, elapsedMs: startStopwatch() };
      const margin = refreshMarginSeconds(expires_in);
      const beforeEnd = margin - Math.min(MAX_CLOCK_DIFFERENCE_SECONDS, margin / 2);
      refreshAfterMs = Math.max((expires_in - beforeEnd) * 1000, MIN_REFRESH_MS);
      refreshIfDue();
    },
    read: () => (token && token.elapsedMs() < token.expiresAfterMs ? token.value : undefined),
    postponeRefresh(delayMs) {
      if (!token) return;
      refreshAfterMs = token.elapsedMs() + delayMs;
      refreshIfDue();
    },
    refreshIfDue,
    forget() {
      token = undefined;
      clearTimeout(timer);
    },
  };
}
