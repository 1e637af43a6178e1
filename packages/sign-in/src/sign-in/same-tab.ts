import type { StartResponse } from '@oneclick/shared/messages';
import { handOverChannelName } from '../hand-over/hand-over-channel.ts';
import { parseUrl } from '../parse-url.ts';
import { isLeftWindow, noteLeftWindow } from './left-windows.ts';
import { readFromTab, writeToTab } from './tab-storage.ts';

/*
 * A sign-in that goes on in this tab. Until the callback page loads, the tab's storage contains a hash of `state` (never
 * `state` itself), the time of the click, and the path to return to. Reading removes the entry.
 *
 * The storage of a sign-in window contains the hash alone. With it the callback page finds the transaction of its window
 * or tab if the provider sends an error without `state`. Any other page could be opened with such an error.
 */

const KEY = 'oneclick:same-tab-transaction';

/** Sends this tab to the provider. It returns by way of the callback page. */
export async function goToProviderInSameTab({
  start: { state, authorizationUrl },
  startedAtMs,
  returnTo = location.href,
  leavesWindow = false,
}: {
  start: StartResponse;
  startedAtMs: number;
  /** Whether a window of the same transaction stays behind at the provider. */
  leavesWindow?: boolean;
  /** @default where the user is */
  returnTo?: string | undefined;
}): Promise<void> {
  const transaction = await transactionOf(state);
  if (transaction !== undefined) {
    writeToTab(KEY, { transaction, startedAtMs, returnTo: pathOfThisOrigin(returnTo) });
    if (leavesWindow) noteLeftWindow(transaction);
  }
  location.assign(authorizationUrl);
}

/** Whether the transaction went on in a tab, and this window was left at the provider. */
export async function hasGoneOnInTab(state: string): Promise<boolean> {
  const transaction = await transactionOf(state);
  return transaction !== undefined && isLeftWindow(transaction);
}

/** Where to return to, if the response belongs to the transaction that left from this tab. */
export async function takeSameTabTransaction(
  state: string,
): Promise<{ returnTo: string; tookMs: number } | undefined> {
  const { transaction, returnTo, startedAtMs } = readFromTab(KEY);
  if (typeof returnTo !== 'string' || transaction !== (await transactionOf(state))) return undefined;
  writeToTab(KEY, undefined);
  return { returnTo: pathOfThisOrigin(returnTo), tookMs: Date.now() - Number(startedAtMs) };
}

/** Call it while the window shows a document of this origin. */
export function noteTransactionInWindow(popup: Window, channelName: string): void {
  try {
    popup.sessionStorage.setItem(KEY, JSON.stringify({ transaction: channelName }));
  } catch {
    // Without storage, an error without `state` does not reach the tab, which waits until the transaction expires.
  }
}

/** The transaction that left from this tab, or from another one in this window. */
export function takeTransactionWithoutState(): { returnTo: string } | { channelName: string } | undefined {
  const { transaction, returnTo } = readFromTab(KEY);
  writeToTab(KEY, undefined);
  if (typeof returnTo === 'string') return { returnTo: pathOfThisOrigin(returnTo) };
  return typeof transaction === 'string' ? { channelName: transaction } : undefined;
}

/**
 * Undefined if the browser refuses the hash. Then the callback page does not recognize its tab, and the user finishes
 * with a button of that page.
 */
function transactionOf(state: string): Promise<string | undefined> {
  return handOverChannelName(state).catch(() => undefined);
}

/** The address as a path of this origin, or `/` if it is none. */
function pathOfThisOrigin(address: string): string {
  const url = parseUrl(address, location.origin);
  if (url?.origin !== location.origin) return '/';
  // A path with two slashes in front would be read as another host.
  return url.pathname.replace(/^\/+/, '/') + url.search + url.hash;
}
