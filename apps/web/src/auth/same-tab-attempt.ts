import { isFaultCode, type Notice } from '../fault.ts';
import { recordFrom } from '../record.ts';
import { handOverChannelName } from './hand-over.ts';

/*
 * What a sign-in leaves behind when it goes on in this very tab: which attempt it is (a hash, never the state
 * itself) and where to come back to. And what the callback page leaves for the app: how it ended, if not well.
 * Both are in this tab's own storage and are taken out when they are read.
 */

const ATTEMPT_KEY = 'oauth:same-tab-attempt';
const OUTCOME_KEY = 'oauth:outcome';

/** Sends this tab to the provider. It comes back by way of the callback page. */
export async function continueInSameTab(started: { state: string; authorizationUrl: string }): Promise<void> {
  const returnTo = location.pathname + location.search + location.hash;
  const attempt = await handOverChannelName(started.state);
  sessionStorage.setItem(ATTEMPT_KEY, JSON.stringify({ attempt, returnTo }));
  location.assign(started.authorizationUrl);
}

/** Where to go back to, if the response belongs to the attempt that left from this tab. */
export async function takeSameTabAttempt(state: string): Promise<{ returnTo: string } | undefined> {
  const { attempt, returnTo } = read(ATTEMPT_KEY);
  if (typeof returnTo !== 'string' || attempt !== (await handOverChannelName(state))) return undefined;
  sessionStorage.removeItem(ATTEMPT_KEY);
  const url = new URL(returnTo, location.origin);
  return { returnTo: url.origin === location.origin ? url.pathname + url.search + url.hash : '/' };
}

export function leaveOutcome(notice: Notice): void {
  sessionStorage.setItem(OUTCOME_KEY, JSON.stringify(notice));
}

export function takeOutcome(): Notice | undefined {
  const { code, requestId } = read(OUTCOME_KEY);
  sessionStorage.removeItem(OUTCOME_KEY);
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
