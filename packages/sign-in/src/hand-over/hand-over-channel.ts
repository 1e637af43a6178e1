import { openChannel } from '../open-channel.ts';
import { recordFrom } from '../record.ts';
import type { AuthorizationResponse } from './authorization-response.ts';

/*
 * How the authorization response gets from the callback page to the tab in which the user clicked. It needs no opener:
 * the window was disowned, and the provider's Cross-Origin-Opener-Policy may have cut the connection anyway. Each
 * transaction has a BroadcastChannel of its own, which reaches only our own origin.
 *
 *     callback page                             tab
 *       arrived (repeated until answered)  →
 *                                               if the tab waits, it calls oneclickTakeResponse() of the page. If that
 *                                               returns no response, or the tab can't reach the window:
 *                                          ←    listening  (or if the tab does not wait: refused, done)
 *       authorization-response, once       →
 *                                          ←    acknowledged
 *
 * The call takes the place of three messages, each of which waits for the browser's own process.
 *
 * An error of the provider without `state` is no response. The callback page sends it at once, as `ended`.
 *
 * The side that has the response decides who exchanges it, so exactly one side does: the callback page gives it away
 * once, by the call or by the message, or keeps it and exchanges it itself. A frozen tab that wakes up later gets nothing.
 */

declare global {
  interface Window {
    /**
     * On the window of a callback page: gives its response to the tab that opened the window, once, and only for the `state` of
     * the response. A page of another origin can't read it.
     */
    oneclickTakeResponse?: ((state: string) => AuthorizationResponse | undefined) | undefined;
  }
}

type HandOverMessage = { v: 1 } & (
  | { type: 'arrived' }
  | { type: 'authorization-response'; response: AuthorizationResponse }
  /** The provider has ended the transaction without a response. */
  | { type: 'ended'; error: string }
  /** The callback page has exchanged the code itself, with or without success. */
  | { type: 'finished' }
  | { type: 'listening' | 'acknowledged' }
  /** The transaction was cancelled. The window closes, and nothing is exchanged. */
  | { type: 'refused' }
  /** Another window has brought the response of this transaction. */
  | { type: 'done' }
);

/** The fields of a received message. Each is still to be checked. */
type ReceivedMessage = Partial<Record<'type' | 'response' | 'error', unknown>>;

export interface HandOverChannel {
  post(message: HandOverMessage): void;
  close(this: void): void;
}

/** The channel is named after a hash of `state`, so that its name does not reveal it. */
export async function handOverChannelName(state: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return `oneclick:hand-over:${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Whether this browser lets a callback page hand a response over to a tab. */
export function canHandOver(): boolean {
  const channel = openChannel('oneclick:hand-over');
  channel?.close();
  try {
    return channel !== undefined && typeof crypto.subtle.digest === 'function';
  } catch {
    return false;
  }
}

/** @throws if the browser refuses channels or the hash, see {@link canHandOver} */
export async function openHandOverChannel(
  state: string,
  onMessage: (message: ReceivedMessage) => void,
): Promise<HandOverChannel> {
  return openChannelNamed(await handOverChannelName(state), onMessage);
}

/** @throws if the browser refuses channels */
export function openChannelNamed(
  name: string,
  onMessage: (message: ReceivedMessage) => void,
): HandOverChannel {
  const channel = openChannel(name);
  if (!channel) throw new TypeError('no channel');
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const { v, type, response, error } = recordFrom(data);
    if (v === 1) onMessage({ type, response, error });
  });
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}
