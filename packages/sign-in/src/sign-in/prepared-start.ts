import type { StartResponse } from '@oneclick/shared/messages';
import { startStopwatch } from '../token/stopwatch.ts';

const ASK_AGAIN_AFTER_FAILURE_MS = 10_000;

export type PreparedStart = {
  /** Where to send the window, if that is known already. */
  ready?: StartResponse;
  answer: Promise<StartResponse>;
};

/**
 * Asks for the start of a sign-in before the click, when the pointer or the focus reaches the button. One at a
 * time, used once, and no longer than half its time: a pointer may pass a button often, and the API keeps no
 * more than a few transactions for one browser.
 */
export function createPreparedStart(request: () => Promise<StartResponse>) {
  let prepared: (PreparedStart & { hasFailed: boolean; elapsedMs: () => number }) | undefined;

  function ask() {
    const asked: typeof prepared = { answer: request(), hasFailed: false, elapsedMs: startStopwatch() };
    void watch(asked);
    return asked;
  }

  async function watch(asked: NonNullable<typeof prepared>): Promise<void> {
    try {
      asked.ready = await asked.answer;
    } catch {
      // The click asks once more, and is told.
      asked.hasFailed = true;
    }
  }

  function isFresh({ ready, hasFailed, elapsedMs }: NonNullable<typeof prepared>): boolean {
    if (hasFailed) return elapsedMs() < ASK_AGAIN_AFTER_FAILURE_MS;
    return !ready || elapsedMs() < ready.expiresIn * 500;
  }

  return {
    prepare(): void {
      if (!prepared || !isFresh(prepared)) prepared = ask();
    },
    /** For the click: what was prepared, or else a start that is asked for now. */
    take(): PreparedStart {
      const taken = prepared && !prepared.hasFailed && isFresh(prepared) ? prepared : ask();
      prepared = undefined;
      return taken;
    },
    /** After a sign-out: the API has dropped its transaction, and the next sign-in lets the user pick an account. */
    drop(): void {
      prepared = undefined;
    },
  };
}
