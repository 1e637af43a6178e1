import { handOverChannelName } from '../hand-over/hand-over.ts';
import { readFromTab, writeToTab } from './tab-storage.ts';

/*
 * What a sign-in leaves behind when it goes on in this very tab: which attempt it is (a hash, never the state
 * itself), when it began and where to come back to. It is in this tab's own storage and is taken out when it is read.
 */

const ATTEMPT_KEY = 'oauth:same-tab-attempt';

/** Sends this tab to the provider. It comes back by way of the callback page. */
export async function continueInSameTab(
  started: { state: string; authorizationUrl: string },
  beganAtMs: number,
): Promise<void> {
  const returnTo = location.pathname + location.search + location.hash;
  writeToTab(ATTEMPT_KEY, { attempt: await handOverChannelName(started.state), beganAtMs, returnTo });
  location.assign(started.authorizationUrl);
}

/** Where to go back to, if the response belongs to the attempt that left from this tab. */
export async function takeSameTabAttempt(
  state: string,
): Promise<{ returnTo: string; tookMs: number } | undefined> {
  const { attempt, returnTo, beganAtMs } = readFromTab(ATTEMPT_KEY);
  if (typeof returnTo !== 'string' || attempt !== (await handOverChannelName(state))) return undefined;
  writeToTab(ATTEMPT_KEY, undefined);
  const url = new URL(returnTo, location.origin);
  return {
    returnTo: url.origin === location.origin ? url.pathname + url.search + url.hash : '/',
    tookMs: Date.now() - Number(beganAtMs),
  };
}
