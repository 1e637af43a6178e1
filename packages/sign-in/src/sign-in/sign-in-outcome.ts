import { type ErrorDetails, parseErrorDetails } from '../sign-in-error.ts';
import { readFromTab, writeToTab } from './tab-storage.ts';

const KEY = 'oneclick:sign-in-outcome';

/**
 * The outcome of a sign-in that the callback page has finished itself, for the app that this tab shows next. `tookMs`:
 * milliseconds since the click, if the click was in this tab.
 */
export type SignInOutcome = ErrorDetails | { isCompleted: true; tookMs?: number };

export function leaveSignInOutcome(outcome: SignInOutcome): void {
  writeToTab(KEY, outcome);
}

export function takeSignInOutcome(): SignInOutcome | undefined {
  const outcome = readFromTab(KEY);
  writeToTab(KEY, undefined);
  const { isCompleted, tookMs } = outcome;
  if (isCompleted !== true) return parseErrorDetails(outcome);
  return { isCompleted, ...(typeof tookMs === 'number' && { tookMs }) };
}
