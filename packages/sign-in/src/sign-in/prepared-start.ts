import type { StartResponse } from '@oneclick/shared/messages';
import { startStopwatch } from '../token/stopwatch.ts';

const RETRY_AFTER_FAILURE_MS = 10_000;

/** The request for a new transaction. */
export interface Start {
  /** The API's answer, once it has arrived. */
  ready?: StartedTransaction;
  answer: Promise<StartedTransaction>;
}

export interface StartedTransaction extends StartResponse {
  /** The channel on which a window hands its response over. Undefined if the browser refuses the hash in its name. */
  channelName?: string | undefined;
}

export interface PreparedStart {
  /** Asks for a transaction, unless a usable one is prepared. */
  prepare(): void;
  /** For the click: the prepared transaction, or one that is asked for now. */
  take(): Start;
  /** After a sign-out, which ends the prepared transaction: the next one lets the user choose an account. */
  drop(): void;
}

/**
 * Asks for a transaction before the click, when the pointer or the focus reaches the button. One at a time, used once,
 * and for no longer than half its life: a pointer may pass a button often, and the API keeps only a few transactions
 * for one browser.
 */
export function createPreparedStart(request: () => Promise<StartedTransaction>): PreparedStart {
  let prepared: (Start & { hasFailed: boolean; elapsedMs: () => number }) | undefined;

  function ask() {
    const asked: NonNullable<typeof prepared> = {
      answer: request(),
      hasFailed: false,
      elapsedMs: startStopwatch(),
    };
    void watch(asked);
    return asked;
  }

  async function watch(asked: NonNullable<typeof prepared>): Promise<void> {
    try {
      asked.ready = await asked.answer;
    } catch {
      // Nobody has clicked yet. The click asks again, and shows the error if it fails too.
      asked.hasFailed = true;
    }
  }

  function isFresh({ ready, hasFailed, elapsedMs }: NonNullable<typeof prepared>): boolean {
    if (hasFailed) return elapsedMs() < RETRY_AFTER_FAILURE_MS;
    return !ready || elapsedMs() < ready.expiresIn * 500;
  }

  return {
    prepare() {
      if (!prepared || !isFresh(prepared)) prepared = ask();
    },
    take() {
      const taken = prepared && !prepared.hasFailed && isFresh(prepared) ? prepared : ask();
      prepared = undefined;
      return taken;
    },
    drop() {
      prepared = undefined;
    },
  };
}
