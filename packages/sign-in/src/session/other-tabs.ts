import { openChannel } from '../open-channel.ts';
import { recordFrom } from '../record.ts';
import { type ErrorDetails, parseErrorDetails } from '../sign-in-error.ts';

/*
 * The messages between the tabs of this app. No message contains a token: after a sign-in in another tab, this tab asks
 * the API, and the cookie decides whose session it is. So no message can put another user's token into a tab. Two apps
 * on one origin would receive each other's messages, so an origin is for one app only (RFC 10017 §9.4).
 */

export const SESSION_CHANNEL = 'oneclick:session';

type Message =
  | { type: 'signed-in' }
  | { type: 'signed-out' }
  /** The session with this id has ended by itself. */
  | { type: 'session-ended'; sessionId: string; error: ErrorDetails };

export interface OtherTabs {
  post(message: Message): void;
  close(): void;
}

/** Without a channel, each tab is on its own: it notices a change when its next request is refused. */
export function openOtherTabs(onMessage: (message: Message) => void): OtherTabs {
  const channel = openChannel(SESSION_CHANNEL);
  channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = parseMessage(recordFrom(data));
    if (message) onMessage(message);
  });
  return { post: (message) => channel?.postMessage(message), close: () => channel?.close() };
}

/** Copies the known fields. Undefined if it is no message of ours. */
function parseMessage({ type, sessionId, error }: Record<string, unknown>): Message | undefined {
  if (type === 'signed-in' || type === 'signed-out') return { type };
  const details = parseErrorDetails(recordFrom(error));
  return type === 'session-ended' && typeof sessionId === 'string' && details
    ? { type, sessionId, error: details }
    : undefined;
}
