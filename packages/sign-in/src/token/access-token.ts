import type { TokenResponse } from '@oneclick/shared/messages';
import { startStopwatch } from './stopwatch.ts';

/** How long before its end a token is refreshed. A token that lives shorter is refreshed at half its life. */
const REFRESH_BEFORE_END_SECONDS = 300;
/** A timer stands still while the machine sleeps: it is asked in short steps how late it is. */
const LONGEST_STEP_MS = 30_000;

/**
 * The access token, in a closure and nowhere else: not in storage, not in React's state, not on `window`.
 * Its end is counted from `expires_in`, so that a wrong clock does no harm.
 * @see RFC 10017 §8
 */
export function createAccessToken({ onRefreshDue }: { onRefreshDue: () => void }) {
  let held: { value: string; endsAfterMs: number; elapsedMs: () => number } | undefined;
  let refreshAfterMs = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function check(): void {
    clearTimeout(timer);
    if (!held || refreshAfterMs === Infinity) return;
    const waitMs = refreshAfterMs - held.elapsedMs();
    if (waitMs > 0) {
      timer = setTimeout(check, Math.min(waitMs, LONGEST_STEP_MS));
    } else {
      // Once: who has asked for the refresh says when to ask again.
      refreshAfterMs = Infinity;
      onRefreshDue();
    }
  }

  return {
    hold({ access_token, expires_in }: TokenResponse): void {
      held = { value: access_token, endsAfterMs: expires_in * 1000, elapsedMs: startStopwatch() };
      refreshAfterMs = (expires_in - Math.min(REFRESH_BEFORE_END_SECONDS, expires_in / 2)) * 1000;
      check();
    },
    /** Undefined if there is none or its time is over. */
    read: (): string | undefined => (held && held.elapsedMs() < held.endsAfterMs ? held.value : undefined),
    /** Asks for the refresh again later, when one has failed for a reason that passes. */
    postponeRefresh(delayMs: number): void {
      if (!held) return;
      refreshAfterMs = held.elapsedMs() + delayMs;
      check();
    },
    /** After sleep, a frozen tab or a throttled timer. */
    check,
    forget(): void {
      held = undefined;
      clearTimeout(timer);
    },
  };
}
