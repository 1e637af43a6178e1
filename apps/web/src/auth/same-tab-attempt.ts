import { isFaultCode, type Notice } from '../fault.ts';
import { recordFrom } from '../record.ts';
import { handOverChannelName } from './hand-over.ts';

/*
 * What a sign-in leaves behind when it goes on in this very tab: which attempt it is (a hash, never the state
 * itself), when it began and where to come back to. And what the callback page leaves for the app: how it ended.
 * Both are in this tab's own storage and are taken out when they are read.
 */

const ATTEMPT_KEY = 'oauth:same-tab-attempt';
const OUTCOME_KEY = 'oauth:outcome';

/** Sends this tab to the provider. It comes back by way of the callback page. */
export async function continueInSameTab(
  started: { state: string; authorizationUrl: string },
  beganAtMs: number,
): Promise<void> {
  const returnTo = location.pathname + location.search + location.hash;
  write(ATTEMPT_KEY, { attempt: await handOverChannelName(started.state), beganAtMs, returnTo });
  location.assign(started.authorizationUrl);
}

/** Where to go back to, if the response belongs to the attempt that left from this tab. */
export async function takeSameTabAttempt(
  state: string,
): Promise<{ returnTo: string; tookMs: number } | undefined> {
  const { attempt, returnTo, beganAtMs } = read(ATTEMPT_KEY);
  if (typeof returnTo !== 'string' || attempt !== (await handOverChannelName(state))) return undefined;
  write(ATTEMPT_KEY, undefined);
  const url = new URL(returnTo, location.origin);
  return {
    returnTo: url.origin === location.origin ? url.pathname + url.search + url.hash : '/',
    tookMs: Date.now() - Number(beganAtMs),
  };
}

/** How a sign-in ended that the callback page has finished. `tookMs`: since the click, if that is known. */
export type Outcome = Notice | { isCompleted: true; tookMs?: number };

export function leaveOutcome(outcome: Outcome): void {
  write(OUTCOME_KEY, outcome);
}

export function takeOutcome(): Outcome | undefined {
  const { isCompleted, tookMs, code, requestId } = read(OUTCOME_KEY);
  write(OUTCOME_KEY, undefined);
  if (isCompleted === true) return { isCompleted, ...(typeof tookMs === 'number' && { tookMs }) };
  if (!isFaultCode(code)) return undefined;
  return { code, ...(typeof requestId === 'string' && { requestId }) };
}

function read(key: string): Record<string, unknown> {
  try {
    return recordFrom(JSON.parse(sessionStorage.getItem(key) ?? '{}'));
  } catch {
    return {};
  }
}

function write(key: string, value: object | undefined): void {
  try {
    if (value) sessionStorage.setItem(key, JSON.stringify(value));
    else sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked. Then the callback page offers to finish the sign-in, and goes back to the first page.
  }
}
