import { type Notice, parseNotice } from '../api/fault.ts';
import { readFromTab, writeToTab } from './tab-storage.ts';

const KEY = 'oauth:outcome';

/**
 * What the callback page leaves for the app: how a sign-in ended that it has finished itself. `tookMs`: since the
 * click, if that is known.
 */
export type SignInOutcome = Notice | { isCompleted: true; tookMs?: number };

export function leaveOutcome(outcome: SignInOutcome): void {
  writeToTab(KEY, outcome);
}

export function takeOutcome(): SignInOutcome | undefined {
  const left = readFromTab(KEY);
  writeToTab(KEY, undefined);
  const { isCompleted, tookMs } = left;
  if (isCompleted !== true) return parseNotice(left);
  return { isCompleted, ...(typeof tookMs === 'number' && { tookMs }) };
}
