import { SESSION_PATH } from '@oneclick/shared/paths';
import { apiOriginOfPage } from '../api/api-origin.ts';
import { COOKIE_REQUEST, TIMEOUT_MS, WITH_USERINFO } from '../api/cookie-request.ts';
import { openChannel } from '../open-channel.ts';
import { mayHaveSession } from './may-have-session.ts';
import { SESSION_CHANNEL } from './other-tabs.ts';

interface EarlySession {
  response: Promise<Response>;
  channel: BroadcastChannel | undefined;
}

declare global {
  /**
   * Global, because the early script and the app are separate builds. Contains an unread response until the client
   * takes it. Any script of this page could send the same request.
   */
  var oneclickEarlySession: EarlySession | undefined;
}

/** Asks the API for the session that the browser remembers, before the script with the client has loaded. */
export function requestEarlySession(): void {
  if (!mayHaveSession()) return;
  const response = fetch(apiOriginOfPage().replace(/\/$/, '') + SESSION_PATH + WITH_USERINFO, {
    ...COOKIE_REQUEST,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // The client handles the error, if it comes to take the answer.
  response.catch(() => undefined);
  const channel = openChannel(SESSION_CHANNEL);
  // Another tab has signed in or out meanwhile: the answer may be the former user's.
  channel?.addEventListener('message', () => void takeEarlySession());
  globalThis.oneclickEarlySession = { response, channel };
}

/** Returns the answer once. Undefined if there was no request, or if the answer may be outdated. */
export function takeEarlySession(): Pick<EarlySession, 'response'> | undefined {
  const early = globalThis.oneclickEarlySession;
  if (!early) return undefined;
  globalThis.oneclickEarlySession = undefined;
  early.channel?.close();
  return { response: early.response };
}
