import { recordFrom } from '../record.ts';

/*
 * The transactions whose window was left at the provider, because the user continued in the tab. When such a window
 * returns, no tab listens, and the tab could not close the window, because it has disowned it. So localStorage contains
 * the hash of each such transaction with its time, for as long as a transaction lasts. The window then says what happened.
 */

const KEY = 'oneclick:left-windows';
const LIFETIME_MS = 600_000;

/** @param transaction a hash of `state`, never `state` itself */
export function noteLeftWindow(transaction: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readLeftWindows(), [transaction]: Date.now() }));
  } catch {
    // Without storage, the window says that no page answers.
  }
}

export function isLeftWindow(transaction: string): boolean {
  return transaction in readLeftWindows();
}

function readLeftWindows(): Record<string, unknown> {
  try {
    const entries = Object.entries(recordFrom(JSON.parse(localStorage.getItem(KEY) ?? '{}')));
    return Object.fromEntries(entries.filter(([, leftAtMs]) => Date.now() - Number(leftAtMs) < LIFETIME_MS));
  } catch {
    return {};
  }
}
